package io.basalt.statebackend.flink;

import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.jspecify.annotations.Nullable;

/**
 * A state backend that closes the environment of its last keyed backend before it makes another.
 * Flink's suite of state that expires leaves all but the last of each test, with two threads each:
 * thousands, which slow down whatever looks at all threads of the process later.
 */
final class ClosedEnvironments implements StateBackend {

  private static final long serialVersionUID = 1L;

  private final StateBackend backend;
  private transient @Nullable MockEnvironment last;

  ClosedEnvironments(StateBackend backend) {
    this.backend = backend;
  }

  @Override
  public <K> CheckpointableKeyedStateBackend<K> createKeyedStateBackend(
      KeyedStateBackendParameters<K> parameters) throws Exception {
    if (last != null) {
      last.close();
    }
    last = (MockEnvironment) parameters.getEnv();
    return backend.createKeyedStateBackend(parameters);
  }

  @Override
  public OperatorStateBackend createOperatorStateBackend(OperatorStateBackendParameters parameters)
      throws Exception {
    return backend.createOperatorStateBackend(parameters);
  }
}
