package io.basalt.statebackend.evolution;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/**
 * A job with the schema of its keys that runs in some version. To be used only by that version, see
 * {@link Schema#run}.
 */
record JobVersion(KeyedOperator<Object> operator, Schema keys) implements AutoCloseable {

  static final Schema INTEGERS =
      Schema.of(IntSerializer.INSTANCE, number -> number, number -> number, String::valueOf);

  private static final TtlTimeProvider CLOCK = () -> 1_000;
  private static final int KEY_GROUPS = 128;

  static JobVersion start(
      Workspace workspace, Participant participant, Schema keys, int parallelism) throws Exception {
    return new JobVersion(
        KeyedOperator.start(
            workspace, participant, keys.serializer(), CLOCK, parallelism, KEY_GROUPS),
        keys);
  }

  static JobVersion restore(
      Workspace workspace,
      Participant participant,
      Schema keys,
      Snapshot<?> snapshot,
      int parallelism)
      throws Exception {
    return new JobVersion(
        KeyedOperator.restore(
            workspace,
            participant,
            keys.serializer(),
            CLOCK,
            snapshot,
            parallelism,
            RecoveryClaimMode.NO_CLAIM),
        keys);
  }

  /** The state of a key. */
  <S extends State> S state(int key, StateDescriptor<S, ?> descriptor) throws Exception {
    CheckpointableKeyedStateBackend<Object> backend = owner(key).backend();
    backend.setCurrentKey(keys.value(key));
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /** The state of a key in the namespace of the same number. */
  <S extends State> S state(int key, Schema namespaces, StateDescriptor<S, ?> descriptor)
      throws Exception {
    CheckpointableKeyedStateBackend<Object> backend = owner(key).backend();
    backend.setCurrentKey(keys.value(key));
    return backend.getPartitionedState(namespaces.value(key), namespaces.serializer(), descriptor);
  }

  OperatorSubtask<Object> owner(int key) {
    return operator.subtasks().stream()
        .filter(subtask -> subtask.owns(keys.value(key)))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
