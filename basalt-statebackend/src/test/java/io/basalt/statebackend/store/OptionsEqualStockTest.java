package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.MemoryBudget;
import io.basalt.statebackend.harness.OptionsInForce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * RocksDB writes every option that is in force into a file of the database: the whole truth about
 * what a configuration does. It must be the same for stock and for us where a user has pinned what
 * we choose, and else differ in that alone.
 */
class OptionsEqualStockTest {

  private static final long MEMORY = 32L << 20;

  /** What differs on purpose, or names the one database. */
  private static final List<String> DIFFERENT =
      List.of(
          // Ours has the filter from the start, stock only where a state has a TTL.
          "compaction_filter_factory",
          // Ours is 0 for this state, which does not expire, see PeriodicCompactionTest.
          "periodic_compaction_seconds",
          // Ours begins anew earlier, see ShortManifestTest.
          "max_manifest_file_size",
          // The caches differ in their address only.
          "block_cache",
          "db_log_dir");

  @TempDir Path temporary;

  static Stream<Arguments> configurations() {
    return Stream.of(
        Arguments.of("defaults", Map.of()),
        Arguments.of("no shared memory", Map.of("memory.managed", "false")),
        Arguments.of("partitioned", Map.of("memory.partitioned-index-filters", "true")),
        Arguments.of(
            "partitioned with filters",
            Map.of(
                "memory.partitioned-index-filters", "true",
                "use-bloom-filter", "true",
                "bloom-filter.bits-per-key", "7.5")),
        Arguments.of("disks", Map.of("predefined-options", "SPINNING_DISK_OPTIMIZED")),
        Arguments.of(
            "disks, much memory",
            Map.of(
                "predefined-options",
                "SPINNING_DISK_OPTIMIZED_HIGH_MEM",
                "memory.managed",
                "false")),
        Arguments.of("flash", Map.of("predefined-options", "FLASH_SSD_OPTIMIZED")),
        Arguments.of(
            "one by one",
            Map.ofEntries(
                Map.entry("memory.managed", "false"),
                Map.entry("thread.num", "5"),
                Map.entry("files.open", "777"),
                Map.entry("log.level", "WARN_LEVEL"),
                Map.entry("log.file-num", "3"),
                Map.entry("log.max-file-size", "3mb"),
                Map.entry("compaction.style", "UNIVERSAL"),
                Map.entry("compaction.level.use-dynamic-size", "true"),
                Map.entry("compaction.level.target-file-size-base", "10mb"),
                Map.entry("compaction.level.max-size-level-base", "100mb"),
                Map.entry("compression.per.level", "NO_COMPRESSION;LZ4_COMPRESSION"),
                Map.entry("writebuffer.size", "7mb"),
                Map.entry("writebuffer.count", "6"),
                Map.entry("writebuffer.number-to-merge", "3"),
                Map.entry("block.blocksize", "16kb"),
                Map.entry("block.metadata-blocksize", "2kb"),
                Map.entry("block.cache-size", "40mb"),
                Map.entry("use-bloom-filter", "true"),
                Map.entry("compaction.filter.periodic-compaction-time", "3 d"))),
        Arguments.of("factory", Map.of("options-factory", UsersFactory.class.getName())));
  }

  /** Changes things that shared memory overrides, and things it does not. */
  public static final class UsersFactory implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      return current.setMaxSubcompactions(3).setAvoidFlushDuringShutdown(false).setUseFsync(true);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      current.close();
      ColumnFamilyOptions own = new ColumnFamilyOptions().setNumLevels(5);
      handlesToClose.add(own);
      return own.setMergeOperatorName("put");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("configurations")
  void everyOptionInForceIsStocks(String name, Map<String, String> options) throws Exception {
    Configuration configuration = new Configuration();
    options.forEach((key, value) -> configuration.setString("state.backend.rocksdb." + key, value));

    pinned().forEach((key, value) -> setIfAbsent(configuration, key, value));
    Map<String, String> ours = ours(configuration, AccessPattern.KEYS_AND_RANGES);

    assertThat(ours).hasSizeGreaterThan(100);
    assertThat(difference(ours, stocks(configuration))).as("option: ours, stock's").isEmpty();
  }

  /** What a user would set who wants stock's files. */
  private static Map<String, String> pinned() {
    return Map.of(
        BasaltOptions.MEMTABLE_FILTER.key(), "OFF",
        BasaltOptions.MAP_COMPACT_DELETIONS.key(), "false",
        RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL.key(), "SNAPPY_COMPRESSION",
        RocksDBConfigurableOptions.USE_BLOOM_FILTER.key(), "false");
  }

  /** Predefined options that bring a filter are chosen, too. */
  private static void setIfAbsent(Configuration configuration, String key, String value) {
    boolean brought =
        key.equals(RocksDBConfigurableOptions.USE_BLOOM_FILTER.key())
            && configuration.toMap().containsValue("SPINNING_DISK_OPTIMIZED_HIGH_MEM");
    if (!configuration.containsKey(key) && !brought) {
      configuration.setString(key, value);
    }
  }

  static Stream<Arguments> choices() {
    String filter = "bloomfilter:7:false, nullptr";
    String wholeKeys = "true, false";
    String collector =
        "{{id=CompactOnDeletionCollector;deletion_trigger=3686;deletion_ratio=0.000000;"
            + "window_size=4096;}}, null";
    String compression = "kLZ4Compression, kSnappyCompression";
    return Stream.of(
        Arguments.of(
            AccessPattern.KEYS_AND_RANGES,
            Map.of(),
            Map.of(
                "compression_per_level", compression,
                "filter_policy", filter,
                "memtable_whole_key_filtering", wholeKeys,
                "table_properties_collectors", collector)),
        Arguments.of(
            AccessPattern.KEYS,
            Map.of(),
            Map.of(
                "compression_per_level", compression,
                "filter_policy", filter,
                "memtable_whole_key_filtering", wholeKeys)),
        Arguments.of(AccessPattern.RANGES, Map.of(), Map.of("compression_per_level", compression)),
        Arguments.of(
            AccessPattern.KEYS,
            Map.of(BasaltOptions.MEMTABLE_FILTER.key(), "ON"),
            Map.of(
                "compression_per_level",
                compression,
                "filter_policy",
                filter,
                "memtable_whole_key_filtering",
                wholeKeys,
                "memtable_prefix_bloom_size_ratio",
                "0.005208, 0.000000")),
        Arguments.of(
            AccessPattern.KEYS,
            Map.of(
                RocksDBConfigurableOptions.USE_BLOOM_FILTER.key(), "false",
                RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL.key(), "SNAPPY_COMPRESSION"),
            Map.of("memtable_whole_key_filtering", wholeKeys)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("choices")
  void whatIsChosenWithoutTheUserIsThisAlone(
      AccessPattern pattern, Map<String, String> options, Map<String, String> chosen)
      throws Exception {
    Configuration configuration = Configuration.fromMap(options);

    Map<String, String> difference =
        difference(ours(configuration, pattern), stocks(configuration));

    Map<String, String> byOption = new TreeMap<>();
    difference.forEach(
        (key, values) -> byOption.put(key.substring(key.lastIndexOf('.') + 1), values));
    assertThat(byOption).isEqualTo(chosen);
  }

  private static Map<String, String> difference(
      Map<String, String> ours, Map<String, String> stocks) {
    Map<String, String> difference = new TreeMap<>();
    Set<String> keys = new TreeSet<>(ours.keySet());
    keys.addAll(stocks.keySet());
    keys.removeIf(key -> DIFFERENT.stream().anyMatch(name -> key.endsWith("." + name)));
    for (String key : keys) {
      if (!Objects.equals(ours.get(key), stocks.get(key))) {
        difference.put(key, ours.get(key) + ", " + stocks.get(key));
      }
    }
    return difference;
  }

  private Map<String, String> ours(Configuration configuration, AccessPattern pattern)
      throws Exception {
    NativeLibrary.load(temporary);
    ClassLoader classLoader = getClass().getClassLoader();
    BackendSettings settings = BackendSettings.defaults().configured(configuration, classLoader);
    MemoryBudget budget = settings.memory().budget(configuration);
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    MemoryShare memory =
        budget.scope().isShared()
            ? MemoryShare.allocate(
                MEMORY,
                budget.writeBufferRatio(),
                budget.highPriorityPoolRatio(),
                budget.blockCache(),
                budget.indexPartitions())
            : null;
    DatabaseSpecification specification =
        new DatabaseSpecification(
            settings.database(), settings.factory(), memory, List.of(), 0, () -> 0L);
    Path directory = temporary.resolve("ours");
    try (Database database = Database.create(directory, specification)) {
      database.createTable("state", pattern);
      return OptionsInForce.below(directory);
    } finally {
      if (memory != null) {
        memory.close();
      }
      assertThat(NativeCount.open()).isEqualTo(openBefore);
    }
  }

  private Map<String, String> stocks(Configuration configuration) throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("stock"));
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, directory.toString());
    EmbeddedRocksDBStateBackend backend =
        new EmbeddedRocksDBStateBackend().configure(configuration, getClass().getClassLoader());
    try (MockEnvironment environment =
        MockEnvironment.builder().setManagedMemorySize(MEMORY).build()) {
      AbstractKeyedStateBackend<Integer> keyed =
          backend.createKeyedStateBackend(
              new KeyedStateBackendParametersImpl<>(
                  environment,
                  new JobID(),
                  "operator",
                  IntSerializer.INSTANCE,
                  16,
                  new KeyGroupRange(0, 15),
                  environment.getTaskKvStateRegistry(),
                  TtlTimeProvider.DEFAULT,
                  new UnregisteredMetricsGroup(),
                  (metric, value) -> {},
                  List.of(),
                  new CloseableRegistry(),
                  1.0));
      try {
        keyed.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>("state", IntSerializer.INSTANCE));
        return OptionsInForce.below(directory);
      } finally {
        keyed.dispose();
      }
    }
  }
}
