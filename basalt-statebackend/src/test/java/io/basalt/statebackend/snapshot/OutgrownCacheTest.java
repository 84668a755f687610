package io.basalt.statebackend.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.LocalFiles;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A state that grows until the database is opened again with another format, in the middle of a
 * history of incremental checkpoints and of a canonical savepoint: both restore, with stock too.
 */
class OutgrownCacheTest {

  private static final int ENTRIES_OF_A_ROUND = 4_000;
  private static final int VALUE_BYTES = 500;

  @RegisterExtension final Workspace workspace = new Workspace();

  @ParameterizedTest
  @EnumSource(
      value = Participant.Type.class,
      names = {"STOCK", "BASALT"})
  void theHistoryGoesOn(Participant.Type type) throws Exception {
    Participant small =
        Participant.BASALT.withSettings(
            Map.of(RocksDBOptions.FIX_PER_SLOT_MEMORY_SIZE.key(), "2mb"));
    Participant reader = type == Participant.Type.STOCK ? Participant.STOCK : small;
    Random random = new Random(11);
    Map<Integer, Integer> model = new TreeMap<>();
    List<Snapshot<Map<Integer, Integer>>> snapshots = new ArrayList<>();
    Set<String> manifests = new TreeSet<>();
    try (KeyedOperator<String> operator =
        KeyedOperator.start(
            workspace, small, StringSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 16)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map = map(subtask);
      subtask.backend().setCurrentKey("key");
      PendingSnapshot<Map<Integer, Integer>> canonical = null;
      for (int round = 0; round < 14; round++) {
        for (int i = 0; i < ENTRIES_OF_A_ROUND; i++) {
          int entry = random.nextInt(4 * ENTRIES_OF_A_ROUND * (round + 1));
          byte[] value = new byte[VALUE_BYTES];
          random.nextBytes(value);
          map.put(entry, value);
          model.put(entry, (int) value[0]);
        }
        if (round == 5) {
          canonical = operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, new TreeMap<>(model));
        }
        Snapshot<Map<Integer, Integer>> snapshot =
            operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, new TreeMap<>(model)));
        manifests.add(manifest(operator.directory().getParent()));
        if (round == 6 && canonical != null) {
          snapshots.add(operator.complete(canonical));
        }
        if (round == 13) {
          snapshots.add(snapshot);
        }
      }
    }
    // RocksDB begins another each time it is opened.
    assertThat(manifests).hasSize(2);
    assertThat(snapshots).hasSize(2);
    for (Snapshot<Map<Integer, Integer>> snapshot : snapshots) {
      try (KeyedOperator<String> operator =
          KeyedOperator.restore(
              workspace,
              reader,
              StringSerializer.INSTANCE,
              TtlTimeProvider.DEFAULT,
              snapshot,
              1,
              RecoveryClaimMode.NO_CLAIM)) {
        OperatorSubtask<String> subtask = operator.subtasks().get(0);
        MapState<Integer, byte[]> map = map(subtask);
        subtask.backend().setCurrentKey("key");
        Map<Integer, Integer> read = new TreeMap<>();
        map.entries().forEach(entry -> read.put(entry.getKey(), (int) entry.getValue()[0]));
        assertThat(read).isEqualTo(snapshot.contents());
      }
    }
  }

  private static String manifest(Path root) throws IOException {
    return LocalFiles.regularFiles(root).stream()
        .filter(file -> file.getParent().endsWith("db"))
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith("MANIFEST-"))
        .findFirst()
        .orElseThrow();
  }

  private static MapState<Integer, byte[]> map(OperatorSubtask<String> subtask) throws Exception {
    return subtask
        .backend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>(
                "map", IntSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
  }
}
