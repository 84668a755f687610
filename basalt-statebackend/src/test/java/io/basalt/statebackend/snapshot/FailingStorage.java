package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.harness.ForwardingStream;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Storage of which one stream fails. */
final class FailingStorage extends ForwardingStreamFactory {

  enum When {
    OPENED,
    WRITTEN,
    CLOSED
  }

  private final AtomicInteger before;
  private final When when;

  FailingStorage(CheckpointStreamFactory storage, int before, When when) {
    super(storage);
    this.before = new AtomicInteger(before);
    this.when = when;
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    if (before.getAndDecrement() != 0) {
      return super.createCheckpointStateOutputStream(scope);
    }
    if (when == When.OPENED) {
      throw failure();
    }
    return new ForwardingStream(super.createCheckpointStateOutputStream(scope)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        super.write(bytes, offset, length);
        if (when == When.WRITTEN) {
          throw failure();
        }
      }

      @Override
      public StreamStateHandle closeAndGetHandle() throws IOException {
        close();
        throw failure();
      }
    };
  }

  private static IOException failure() {
    return new IOException("The storage fails.");
  }
}
