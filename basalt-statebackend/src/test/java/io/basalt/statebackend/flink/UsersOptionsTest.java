package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * What users have chosen about RocksDB is so in the databases of running backends: new ones and
 * restored ones, read from the options that RocksDB writes down. And its log goes with the backend.
 */
final class UsersOptionsTest {

  private static final int KEY_GROUPS = 8;
  private static final int KEYS = 100;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);
  private static final KeyGroupRange LOWER = KeyGroupRange.of(0, 3);
  private static final KeyGroupRange UPPER = KeyGroupRange.of(4, KEY_GROUPS - 1);

  private static final ConfigOption<Integer> MERGES =
      ConfigOptions.key("users.own.merges").intType().defaultValue(1);

  @TempDir private Path directory;
  private final Map<NativeCount.Kind, Long> openBefore = NativeCount.open();

  /** A user's factory with an option of its own and a native object that the backend must close. */
  public static final class UsersFactory implements ConfigurableRocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;
    private static final List<BloomFilter> HANDED_OVER = new ArrayList<>();

    private int merges;

    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      merges = configuration.get(MERGES);
      return this;
    }

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      return current.setMaxSubcompactions(merges);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      BloomFilter filter = new BloomFilter();
      handlesToClose.add(filter);
      HANDED_OVER.add(filter);
      return current.setMaxSuccessiveMerges(merges);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
    assertThat(UsersFactory.HANDED_OVER).noneMatch(BloomFilter::isOwningHandle);
    UsersFactory.HANDED_OVER.clear();
  }

  @Test
  void aConfigurableFactoryHasItsWayInNewAndInRestoredDatabases() throws Exception {
    List<KeyedStateHandle> halves = new ArrayList<>();
    for (KeyGroupRange range : List.of(LOWER, UPPER)) {
      halves.add(openAndCheckpoint(range, List.of()));
    }
    // Entries of one half are copied into the database of the other.
    KeyedStateHandle whole = openAndCheckpoint(ALL, halves);
    // The files are opened as they are.
    openAndCheckpoint(ALL, List.of(whole));
    // The files are opened, and what is outside is deleted.
    openAndCheckpoint(UPPER, List.of(whole));
  }

  @Test
  void aLogBesideFlinksGoesWithTheBackend() throws Exception {
    Path logs = Files.createDirectory(directory.resolve("logs"));
    Path flinkLog = Files.createFile(logs.resolve("taskmanager.log"));
    String before = System.getProperty("log.file");
    System.setProperty("log.file", flinkLog.toString());
    try {
      Path local = Files.createDirectory(directory.resolve("local"));
      try (KeyedBackendFixture fixture =
          new KeyedBackendFixture(BackendUnderTest.BASALT.load(configuration(local)))) {
        fill(fixture.create(IntSerializer.INSTANCE, KEY_GROUPS, ALL), ALL);
        assertThat(filesBelow(logs)).hasSize(2).anyMatch(log -> log.toString().endsWith("_LOG"));
      }
      assertThat(filesBelow(logs)).containsExactly(flinkLog);
    } finally {
      if (before == null) {
        System.clearProperty("log.file");
      } else {
        System.setProperty("log.file", before);
      }
    }
  }

  private KeyedStateHandle openAndCheckpoint(KeyGroupRange range, List<KeyedStateHandle> handles)
      throws Exception {
    Path local = Files.createTempDirectory(directory, "local");
    try (KeyedBackendFixture fixture =
        new KeyedBackendFixture(BackendUnderTest.BASALT.load(configuration(local)))) {
      CheckpointableKeyedStateBackend<Integer> backend =
          fixture.restore(IntSerializer.INSTANCE, KEY_GROUPS, range, handles);
      if (handles.isEmpty()) {
        fill(backend, range);
      }
      assertThat(optionsInForce(local))
          .contains("max_subcompactions=7")
          // Of the default column family and the state's.
          .filteredOn(option -> option.startsWith("max_successive_merges="))
          .containsExactly("max_successive_merges=7", "max_successive_merges=7");
      return fixture.snapshot(backend, CheckpointType.CHECKPOINT);
    }
  }

  private static Configuration configuration(Path local) {
    Configuration configuration =
        SuiteVariant.configuration(true, PriorityQueueStateType.ROCKSDB, local);
    configuration.set(RocksDBOptions.OPTIONS_FACTORY, UsersFactory.class.getName());
    configuration.set(MERGES, 7);
    return configuration;
  }

  private static void fill(CheckpointableKeyedStateBackend<Integer> backend, KeyGroupRange range)
      throws Exception {
    ValueState<Integer> state =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>("state", IntSerializer.INSTANCE));
    for (int key = 0; key < KEYS; key++) {
      if (range.contains(KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS))) {
        backend.setCurrentKey(key);
        state.update(-key);
      }
    }
  }

  /** The lines of the newest options file: RocksDB writes one whenever anything changes. */
  private static List<String> optionsInForce(Path local) throws IOException {
    Path newest =
        filesBelow(local).stream()
            .filter(file -> file.getFileName().toString().matches("OPTIONS-\\d+"))
            .max(Comparator.comparing(file -> file.getFileName().toString()))
            .orElseThrow(() -> new UncheckedIOException(new IOException("no options file")));
    return Files.readAllLines(newest).stream().map(String::strip).toList();
  }

  private static List<Path> filesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
