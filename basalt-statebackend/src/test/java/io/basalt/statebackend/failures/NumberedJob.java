package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/** A job whose keys have all been given the same number. */
final class NumberedJob implements AutoCloseable {

  private static final int MAX_PARALLELISM = 8;
  private static final int KEYS = 200;
  private static final ValueStateDescriptor<Integer> STATE =
      new ValueStateDescriptor<>("state", IntSerializer.INSTANCE);

  private final KeyedOperator<Integer> operator;

  private NumberedJob(KeyedOperator<Integer> operator) {
    this.operator = operator;
  }

  static NumberedJob start(Workspace workspace, Participant participant, int parallelism)
      throws Exception {
    return new NumberedJob(
        KeyedOperator.start(
            workspace,
            participant,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            parallelism,
            MAX_PARALLELISM));
  }

  static NumberedJob restore(
      Workspace workspace, Participant participant, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return new NumberedJob(
        KeyedOperator.restore(
            workspace,
            participant,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            snapshot,
            parallelism,
            RecoveryClaimMode.NO_CLAIM));
  }

  void write(int number) throws Exception {
    for (int key = 0; key < KEYS; key++) {
      state(key).update(number);
    }
  }

  Snapshot<Integer> checkpoint(int number) throws Exception {
    return operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, number));
  }

  void assertHas(int number) throws Exception {
    for (int key = 0; key < KEYS; key++) {
      assertThat(state(key).value()).as("of key %s", key).isEqualTo(number);
    }
  }

  private ValueState<Integer> state(int key) throws Exception {
    for (OperatorSubtask<Integer> subtask : operator.subtasks()) {
      if (subtask.owns(key)) {
        subtask.backend().setCurrentKey(key);
        return subtask
            .backend()
            .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, STATE);
      }
    }
    throw new AssertionError("Nobody has key " + key);
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
