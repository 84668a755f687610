package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.harness.ForwardingStream;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;

/** Storage of which one stream, once it is written to, blocks until it is closed. */
final class BlockingStorage extends ForwardingStreamFactory {

  final CountDownLatch blocked = new CountDownLatch(1);
  private final AtomicInteger before;

  BlockingStorage(CheckpointStreamFactory storage, int before) {
    super(storage);
    this.before = new AtomicInteger(before);
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    CheckpointStateOutputStream stream = super.createCheckpointStateOutputStream(scope);
    if (before.getAndDecrement() != 0) {
      return stream;
    }
    CountDownLatch closed = new CountDownLatch(1);
    return new ForwardingStream(stream) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        super.write(bytes, offset, length);
        super.flush();
        blocked.countDown();
        boolean interrupted = false;
        // As a client of a remote store may, it does not heed interrupts.
        while (true) {
          try {
            closed.await();
            break;
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }

      @Override
      public void close() throws IOException {
        closed.countDown();
        super.close();
      }
    };
  }
}
