package io.basalt.statebackend.state;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/** One operator with a state of each kind, for tests of what the tier does to them. */
final class OperatorOfStates {

  static final ValueStateDescriptor<Long> VALUE =
      new ValueStateDescriptor<>("value", LongSerializer.INSTANCE);
  static final ListStateDescriptor<Long> LIST =
      new ListStateDescriptor<>("list", LongSerializer.INSTANCE);
  static final MapStateDescriptor<Integer, Long> MAP =
      new MapStateDescriptor<>("map", IntSerializer.INSTANCE, LongSerializer.INSTANCE);

  /** The same to the user, but with values that the tier does not know to be numbers. */
  static final MapStateDescriptor<Integer, Long> OBJECT_MAP =
      new MapStateDescriptor<>(
          "objects",
          IntSerializer.INSTANCE,
          NullableSerializer.wrap(LongSerializer.INSTANCE, false));

  /** The same with user keys of which it knows nothing but their bytes, in the same order. */
  static final MapStateDescriptor<Integer, Long> PACKED_MAP =
      new MapStateDescriptor<>(
          "packed",
          NullableSerializer.wrap(IntSerializer.INSTANCE, false),
          LongSerializer.INSTANCE);

  private OperatorOfStates() {}

  static <K> List<K> keys(OperatorSubtask<K> subtask, String state) {
    try (Stream<K> keys = subtask.backend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.toList();
    }
  }

  static KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> timers(
      OperatorSubtask<Long> subtask) {
    return subtask
        .backend()
        .create(
            "timers",
            new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  static <S extends State> S state(OperatorSubtask<?> subtask, StateDescriptor<S, ?> descriptor)
      throws Exception {
    return subtask
        .backend()
        .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  static KeyedOperator<Long> start(Workspace workspace, Participant participant) throws Exception {
    return KeyedOperator.start(
        workspace, participant, LongSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 128);
  }

  static KeyedOperator<Long> restore(
      Workspace workspace, Participant participant, Snapshot<?> snapshot) throws Exception {
    return restore(workspace, participant, snapshot, RecoveryClaimMode.NO_CLAIM);
  }

  static KeyedOperator<Long> restore(
      Workspace workspace, Participant participant, Snapshot<?> snapshot, RecoveryClaimMode mode)
      throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        LongSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        snapshot,
        1,
        mode);
  }
}
