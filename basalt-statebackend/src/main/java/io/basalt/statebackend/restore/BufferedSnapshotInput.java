package io.basalt.statebackend.restore;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.apache.flink.core.fs.FSDataInputStream;

/**
 * Buffers a stream of checkpoint storage.
 *
 * <p>Flink's local files are read without a buffer, and the format of snapshots is read in lengths
 * and flags: a system call for each of their bytes is most of the time of such a restore. A seek
 * within the buffer costs nothing, as key groups mostly follow each other.
 *
 * <p>One thread; the stream below stays its opener's to close.
 */
final class BufferedSnapshotInput extends InputStream {

  private static final int BUFFER_BYTES = 256 * 1024;

  private final FSDataInputStream input;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** Where in the stream the buffer starts. */
  private long bufferStart;

  private int position;
  private int limit;

  BufferedSnapshotInput(FSDataInputStream input) throws IOException {
    this.input = input;
    this.bufferStart = input.getPos();
  }

  /** Goes on reading there. */
  void seek(long target) throws IOException {
    if (target >= bufferStart && target <= bufferStart + limit) {
      position = (int) (target - bufferStart);
      return;
    }
    input.seek(target);
    bufferStart = target;
    position = 0;
    limit = 0;
  }

  /** Where the next byte is read from. */
  long position() {
    return bufferStart + position;
  }

  @Override
  public int read() throws IOException {
    return position < limit || fill() ? buffer[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == limit && !fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    bufferStart += limit;
    position = 0;
    limit = 0;
    int count = input.read(buffer, 0, buffer.length);
    if (count <= 0) {
      return false;
    }
    limit = count;
    return true;
  }
}
