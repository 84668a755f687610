package io.basalt.statebackend.restore;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.PhysicalStateHandleID;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * A file of a storage that does not answer any more: a read ends only when the stream is closed.
 */
final class HangingFile implements StreamStateHandle {

  private final StreamStateHandle file;
  final CountDownLatch reached = new CountDownLatch(1);
  private final int answered;

  HangingFile(StreamStateHandle file) {
    this(file, 0);
  }

  /** The first so many bytes arrive. */
  HangingFile(StreamStateHandle file, int answered) {
    this.file = file;
    this.answered = answered;
  }

  @Override
  public FSDataInputStream openInputStream() throws IOException {
    byte[] head;
    try (FSDataInputStream stream = file.openInputStream()) {
      head = stream.readNBytes(answered);
    }
    CountDownLatch closed = new CountDownLatch(1);
    return new FSDataInputStream() {
      private int position;

      @Override
      public void seek(long position) {}

      @Override
      public long getPos() {
        return 0;
      }

      @Override
      public int read() throws IOException {
        reached.countDown();
        boolean interrupted = false;
        while (closed.getCount() > 0) {
          try {
            closed.await();
          } catch (InterruptedException e) {
            // As a socket that does not know interrupts.
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        throw new IOException("closed");
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = Math.min(length, head.length - position);
        if (count == 0) {
          return read();
        }
        System.arraycopy(head, position, target, offset, count);
        position += count;
        return count;
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
  }

  @Override
  public Optional<byte[]> asBytesIfInMemory() {
    return Optional.empty();
  }

  @Override
  public PhysicalStateHandleID getStreamStateHandleID() {
    return file.getStreamStateHandleID();
  }

  @Override
  public void discardState() {}

  @Override
  public long getStateSize() {
    return file.getStateSize();
  }
}
