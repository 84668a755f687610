package io.basalt.statebackend.lifecycle;

import io.basalt.statebackend.harness.ForwardingStream;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * Checkpoint storage that a snapshot is written to. Steps are the opening of each stream, some of
 * its writes, and its closing.
 */
final class SteppedStorage extends ForwardingStreamFactory {

  private final Steps steps;

  SteppedStorage(CheckpointStreamFactory storage, Steps steps) {
    super(storage);
    this.steps = steps;
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    steps.reached();
    return new SteppedStream(super.createCheckpointStateOutputStream(scope));
  }

  private final class SteppedStream extends ForwardingStream {

    private final CountDownLatch closed = new CountDownLatch(1);
    private int writes;

    SteppedStream(CheckpointStateOutputStream stream) {
      super(stream);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (Steps.isStep(++writes)) {
        // So that there is something in storage.
        super.flush();
        steps.reached(closed);
      }
      super.write(bytes, offset, length);
    }

    @Override
    public StreamStateHandle closeAndGetHandle() throws IOException {
      try {
        steps.reached(closed);
      } catch (IOException | RuntimeException | Error e) {
        // As Flink's streams do.
        close();
        throw e;
      }
      return super.closeAndGetHandle();
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      super.close();
    }
  }
}
