package io.basalt.statebackend.compaction;

import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_AUTO_COMPACTIONS;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_PARALLEL_COMPACTIONS;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MIN_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.config.ManualCompactionSettings;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Small files are merged, and nothing else changes. */
@Timeout(120)
class SmallFileMergesTest {

  private static final int ENTRIES = 2_000;
  private static final int VALUE_BYTES = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  @TempDir Path temporary;
  private DatabaseSpecification specification;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    specification =
        new DatabaseSpecification(
            DatabaseSettings.defaults(), new SmallTables(), null, List.of(), 0, () -> 0L);
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void filesBecomeFewerUntilNothingIsLeftToMerge() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table first = filled(database, "first");
      Table second = filled(database, "second");
      Map<String, Integer> before = contents(first);
      int files = first.files().size();
      assertThat(files).isGreaterThan(10);
      SmallFileMerges merges = SmallFileMerges.onDemand(database, settings(new Configuration()));

      int looks = 0;
      while (merges.look() > 0) {
        assertThat(++looks).as("looks that found something").isLessThan(files);
      }

      assertThat(looks).isPositive();
      for (Table table : List.of(first, second)) {
        assertThat(table.files()).hasSizeLessThan(files / 4);
        assertThat(contents(table)).isEqualTo(before);
      }
    }
  }

  @Test
  void noMoreAreStartedAtOnceThanAllowed() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MAX_PARALLEL_COMPACTIONS, 1);
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      filled(database, "first");
      filled(database, "second");

      assertThat(SmallFileMerges.onDemand(database, settings(configuration)).look()).isEqualTo(1);
    }
  }

  @Test
  void noneIsStartedBesideTooManyOfRocksDbsOwn() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MAX_AUTO_COMPACTIONS, -1);
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      filled(database, "state");

      assertThat(SmallFileMerges.onDemand(database, settings(configuration)).look()).isZero();
    }
  }

  @Test
  void nothingIsMergedBeforeTheFirstCheckpointAfterAJoin() throws IOException {
    Path files = temporary.resolve("files");
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      filled(database, "state");
      database.linkFiles(files);
    }
    try (Database database =
        Database.openFiles(
            files,
            specification.postponingCompactions(),
            Map.of("state", AccessPattern.KEYS_AND_RANGES))) {
      SmallFileMerges merges = SmallFileMerges.onDemand(database, settings(new Configuration()));
      List<TableFile> restored = database.tablesOfAnyThread().get(0).files();
      assertThat(restored).hasSizeGreaterThan(10);

      assertThat(merges.look()).isZero();
      assertThat(database.tablesOfAnyThread().get(0).files()).isEqualTo(restored);

      database.linkFiles(temporary.resolve("checkpoint"));
      while (merges.look() == 0) {
        // Compactions begin on a thread of their own.
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aTableThatHasBeenDroppedIsLeftAlone() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = filled(database, "state");
      List<?> files = table.files();
      List<Table> listed = database.tablesOfAnyThread();
      database.dropTable(table);

      assertThat(listed).containsExactly(table);
      assertThat(table.files()).isEmpty();
      assertThat(table.mergeFiles(List.of(), 1)).isEmpty();
      assertThat(files).isNotEmpty();
      assertThat(SmallFileMerges.onDemand(database, settings(new Configuration())).look()).isZero();
    }
  }

  @Test
  void onceCompactionsAreStoppedNothingIsMergedAnyMore() throws IOException {
    Database database = Database.create(temporary.resolve("db"), specification);
    Table table = filled(database, "state");
    int files = table.files().size();
    SmallFileMerges merges = SmallFileMerges.onDemand(database, settings(new Configuration()));
    database.stopCompactions();

    merges.look();

    assertThat(table.files()).hasSize(files);
    assertThat(contents(table)).hasSize(ENTRIES);
    database.close();
    assertThatThrownBy(merges::look).isInstanceOf(IOException.class);
  }

  /**
   * As a job has it: beside the task's thread, while checkpoints are taken and files referred to.
   */
  @Test
  void checkpointsOfAJobConsistOfFewerFiles() throws Exception {
    Participant basalt =
        Participant.BASALT.withSettings(
            Map.of(
                RocksDBOptions.OPTIONS_FACTORY.key(),
                SmallTables.class.getName(),
                MIN_INTERVAL.key(),
                "5 ms"));
    Random random = new Random(workspace.seed());
    Map<Integer, String> written = new TreeMap<>();
    Snapshot<?> last;
    try (KeyedOperator<Integer> job = start(basalt)) {
      ValueState<String> state = state(job.subtasks().get(0).backend());
      int most = 0;
      int files;
      do {
        for (int i = 0; i < 200; i++) {
          int key = random.nextInt(5_000);
          String value = random.nextInt() + "-".repeat(VALUE_BYTES);
          written.put(key, value);
          job.subtasks().get(0).backend().setCurrentKey(key);
          state.update(value);
        }
        last = job.complete(job.trigger(SnapshotKind.CHECKPOINT, "unused"));
        files =
            ((IncrementalKeyedStateHandle) last.handles().get(0)).getSharedStateHandles().size();
        most = Math.max(most, files);
      } while (most < 20 || files > most / 2);
    }
    try (KeyedOperator<Integer> job =
        KeyedOperator.restore(
            workspace,
            Participant.STOCK,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            last,
            1,
            RecoveryClaimMode.CLAIM)) {
      CheckpointableKeyedStateBackend<Integer> backend = job.subtasks().get(0).backend();
      ValueState<String> state = state(backend);
      for (Map.Entry<Integer, String> entry : written.entrySet()) {
        backend.setCurrentKey(entry.getKey());
        assertThat(state.value()).isEqualTo(entry.getValue());
      }
    }
  }

  private KeyedOperator<Integer> start(Participant participant) throws Exception {
    return KeyedOperator.start(
        workspace, participant, IntSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 128);
  }

  private static ValueState<String> state(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>("state", String.class));
  }

  private Table filled(Database database, String name) throws IOException {
    Table table = database.createTable(name, AccessPattern.KEYS_AND_RANGES);
    Random random = new Random(workspace.seed());
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < ENTRIES; i++) {
      random.nextBytes(value);
      table.put(key(i), value);
    }
    table.compact();
    return table;
  }

  private static byte[] key(int i) {
    return new byte[] {(byte) (i >> 8), (byte) i};
  }

  private static Map<String, Integer> contents(Table table) {
    Map<String, Integer> contents = new TreeMap<>();
    try (Cursor cursor = table.cursor(new byte[0], new byte[] {-1})) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        contents.put(Arrays.toString(cursor.key()), Arrays.hashCode(cursor.value()));
      }
    }
    return contents;
  }

  private static ManualCompactionSettings settings(Configuration configuration) {
    return BackendSettings.defaults()
        .configured(configuration, SmallFileMergesTest.class.getClassLoader())
        .manualCompaction();
  }
}
