package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.util.NonClosingInputStreamDecorator;
import org.apache.flink.runtime.util.NonClosingOutputStreamDecorator;

/**
 * Writes the key groups of a canonical snapshot as they are, but many entries at a time: Flink's
 * writer gives some bytes at a time, and its stream to a file passes on four kilobytes, with a call
 * of the system for each.
 *
 * <p>Streams of one object have a buffer in common: one key group is written after the other, by
 * one thread.
 */
final class WrittenInBlocks extends StreamCompressionDecorator {

  private static final long serialVersionUID = 1L;

  /** More gains nothing, and a core's cache has to hold it beside all else (measured). */
  private static final int BLOCK_BYTES = 64 << 10;

  private final byte[] block = new byte[BLOCK_BYTES];

  @Override
  protected OutputStream decorateWithCompression(NonClosingOutputStreamDecorator stream) {
    return new Blocks(stream, block);
  }

  @Override
  protected InputStream decorateWithCompression(NonClosingInputStreamDecorator stream)
      throws IOException {
    return UncompressedStreamCompressionDecorator.INSTANCE.decorateWithCompression(
        (InputStream) stream);
  }

  /** Not synchronized, as {@link java.io.BufferedOutputStream} is for each of the calls. */
  private static final class Blocks extends OutputStream {

    private final OutputStream output;
    private final byte[] block;
    private int used;

    Blocks(OutputStream output, byte[] block) {
      this.output = output;
      this.block = block;
    }

    @Override
    public void write(int one) throws IOException {
      if (used == block.length) {
        writeBlock();
      }
      block[used++] = (byte) one;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > block.length - used) {
        writeBlock();
      }
      if (length > block.length) {
        output.write(bytes, offset, length);
      } else {
        System.arraycopy(bytes, offset, block, used, length);
        used += length;
      }
    }

    @Override
    public void flush() throws IOException {
      writeBlock();
      output.flush();
    }

    /** The key group has ended; may be called more than once. */
    @Override
    public void close() throws IOException {
      writeBlock();
      output.close();
    }

    private void writeBlock() throws IOException {
      int length = used;
      used = 0;
      if (length > 0) {
        output.write(block, 0, length);
      }
    }
  }
}
