package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a user has RocksDB do, a job has the values that it would have without. */
class UsersVariantsTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  private record Leg(int parallelism, SnapshotKind kind) {}

  private static final List<Leg> LEGS =
      List.of(
          new Leg(1, SnapshotKind.CHECKPOINT),
          new Leg(2, SnapshotKind.CANONICAL_SAVEPOINT),
          new Leg(3, SnapshotKind.NATIVE_SAVEPOINT),
          new Leg(1, SnapshotKind.CHECKPOINT));

  @ParameterizedTest
  @EnumSource(UsersVariant.class)
  void everyValueStays(UsersVariant variant) throws Exception {
    Map<String, String> settings = new HashMap<>(variant.settings());
    // So that most is written and read below, and maps are cleared by ranges.
    settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "3kb");
    settings.put(BasaltOptions.MAP_RANGE_DELETE_FROM.key(), "3");
    StateProgram<String> program =
        new StateProgram<>(
            KeyType.STRING, workspace.seed(), true, Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
    Snapshot<Contents> last = null;
    for (Leg leg : LEGS) {
      try (Job<String> job = next(BASALT.withSettings(settings), leg, program, last)) {
        job.verify();
        job.change(200);
        job.take(SnapshotKind.CHECKPOINT);
        job.change(200);
        last = job.take(leg.kind());
        job.verify();
      }
      try (Job<String> job =
          Job.restore(
              workspace, STOCK, program, last, leg.parallelism(), RecoveryClaimMode.NO_CLAIM)) {
        job.verify();
      }
    }
  }

  /** Without a snapshot between, which would have every memtable written. */
  @ParameterizedTest
  @EnumSource(UsersVariant.class)
  void aWalkShowsWhatHasBeenWrittenSinceTheOneBefore(UsersVariant variant) throws Exception {
    Map<String, String> settings = new HashMap<>(variant.settings());
    settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "0");
    MapStateDescriptor<Integer, Integer> descriptor =
        new MapStateDescriptor<>("map", IntSerializer.INSTANCE, IntSerializer.INSTANCE);
    try (KeyedOperator<Integer> operator =
        KeyedOperator.start(
            workspace,
            BASALT.withSettings(settings),
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            1,
            4)) {
      KeyedStateBackend<Integer> backend = operator.subtasks().get(0).backend();
      MapState<Integer, Integer> map =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
      backend.setCurrentKey(1);
      for (int entries = 0; entries < 10; entries++) {
        assertThat(map.keys()).hasSize(entries);
        map.put(entries, entries);
      }
    }
  }

  private Job<String> next(
      Participant participant, Leg leg, StateProgram<String> program, Snapshot<Contents> last)
      throws Exception {
    return last == null
        ? Job.start(workspace, participant, program, leg.parallelism(), 128)
        : Job.restore(
            workspace, participant, program, last, leg.parallelism(), RecoveryClaimMode.CLAIM);
  }
}
