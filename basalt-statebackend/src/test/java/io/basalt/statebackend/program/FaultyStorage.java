package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.ForwardingStream;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Checkpoint storage where something happens at the n-th thing that is done to it. */
final class FaultyStorage extends ForwardingStreamFactory {

  /** What happens. */
  interface Incident {
    void happen() throws IOException;
  }

  private final AtomicInteger calls = new AtomicInteger();
  private final int at;
  private final Incident incident;

  FaultyStorage(CheckpointStreamFactory storage, int at, Incident incident) {
    super(storage);
    this.at = at;
    this.incident = incident;
  }

  private void called() throws IOException {
    if (calls.getAndIncrement() == at) {
      incident.happen();
    }
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    called();
    return new ForwardingStream(super.createCheckpointStateOutputStream(scope)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        called();
        super.write(bytes, offset, length);
      }

      @Override
      public StreamStateHandle closeAndGetHandle() throws IOException {
        called();
        return super.closeAndGetHandle();
      }
    };
  }
}
