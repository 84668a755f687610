package io.basalt.statebackend.backend;

import java.io.IOException;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.v2.adaptor.AsyncKeyedStateBackendAdaptor;

/**
 * Flink's adaptor between jobs of State V2 and a keyed backend, except that it ends the backend's
 * life with its own.
 *
 * <p>Flink 2.3's adaptor swallows {@code close} and {@code dispose}, and nobody else knows of the
 * backend: its native memory, open files and local directory outlive the task until the
 * TaskManager's process ends (FLINK-40037).
 *
 * @param <K> type of the keys
 */
public final class AsyncStateAdaptor<K> extends AsyncKeyedStateBackendAdaptor<K> {

  private final CheckpointableKeyedStateBackend<K> backend;

  /**
   * @param backend belongs to the adaptor from now on
   */
  public AsyncStateAdaptor(CheckpointableKeyedStateBackend<K> backend) {
    super(backend);
    this.backend = backend;
  }

  @Override
  public void close() throws IOException {
    backend.close();
  }

  @Override
  public void dispose() {
    backend.dispose();
  }
}
