package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.backend.BasaltKeyedStateBackend;
import io.basalt.statebackend.metrics.ChoiceMetrics;
import io.basalt.statebackend.metrics.NativeMetrics;
import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.memory.MemoryManager;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateBackendParametersImpl;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** On a TaskManager: where keyed backends live, and on which memory, as in stock. */
class BackendCreationTest {

  private static final String PREFIX = "state.backend.rocksdb.";
  private static final String CACHE_CAPACITY = "rocksdb.block-cache-capacity";
  private static final int MANAGED_BYTES = 64 << 20;

  @TempDir private Path temporary;

  private final Map<NativeCount.Kind, Long> openBefore = NativeCount.open();

  @AfterEach
  void nothingIsLeft() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void theDefaultDirectoryIsTheTaskManagersWorkingDirectory() throws Exception {
    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      CheckpointableKeyedStateBackend<Integer> backend =
          taskManager.create(basalt(new Configuration()));
      write(backend);

      assertThat(instances(taskManager.workingDirectory)).hasSize(1);

      backend.dispose();
      assertThat(instances(taskManager.workingDirectory)).isEmpty();
    }
  }

  @Test
  void backendsAreSpreadOverTheConfiguredDirectories() throws Exception {
    Path unusable = Files.createFile(temporary.resolve("file"));
    Path first = temporary.resolve("first");
    Path second = temporary.resolve("second");
    StateBackend backend = basalt(configuration("localdir", unusable + "," + first + ":" + second));

    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      for (int i = 0; i < 6; i++) {
        write(taskManager.create(backend));
      }

      assertThat(instances(first).size() + instances(second).size()).isEqualTo(6);
      assertThat(instances(first)).isNotEmpty();
      assertThat(instances(second)).isNotEmpty();
      assertThat(instances(taskManager.workingDirectory)).isEmpty();
    }
  }

  @Test
  void withoutAUsableDirectoryThereIsNoBackend() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    Path other = Files.createFile(temporary.resolve("other"));

    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      StateBackend backend = basalt(configuration("localdir", file + "," + other));

      assertThatThrownBy(() -> taskManager.create(backend))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(file.toString(), other.toString(), PREFIX + "localdir");
    }
  }

  static Stream<Arguments> memory() {
    Map<String, String> none = Map.of();
    Map<String, String> ofTaskManager = Map.of("memory.fixed-per-tm", "12mb");
    return Stream.of(
        Arguments.of(none, none),
        Arguments.of(Map.of("memory.write-buffer-ratio", "0.2"), none),
        Arguments.of(Map.of("memory.fixed-per-slot", "9mb"), ofTaskManager),
        Arguments.of(Map.of("memory.fixed-per-slot", "0"), none),
        Arguments.of(none, ofTaskManager),
        Arguments.of(Map.of("memory.managed", "false"), none),
        Arguments.of(Map.of("memory.managed", "false"), ofTaskManager),
        Arguments.of(
            Map.of("memory.managed", "false", "memory.write-buffer-ratio", "0.2"),
            Map.of("memory.fixed-per-tm", "12mb", "memory.write-buffer-ratio", "0.8")),
        Arguments.of(
            Map.of("memory.managed", "false", "memory.fixed-per-tm", "12mb"),
            Map.of("memory.fixed-per-tm", "0")),
        Arguments.of(Map.of("memory.managed", "false", "block.cache-size", "5mb"), none));
  }

  @ParameterizedTest
  @MethodSource("memory")
  void theBlockCacheHasTheSizeThatStockGivesIt(
      Map<String, String> configured, Map<String, String> taskManagers) throws Exception {
    Map<String, String> measured = new HashMap<>(configured);
    measured.put("metrics.block-cache-capacity", "true");
    Configuration configuration = configuration(measured);

    Memory ours = memory(() -> basalt(configuration), configuration(taskManagers));
    Memory stocks = memory(() -> stock(configuration), configuration(taskManagers));

    Map<String, Object> choices = new HashMap<>(ours.gauges);
    choices.keySet().removeAll(stocks.gauges.keySet());
    assertThat(withoutTier(choices))
        .isEqualTo(Map.of(ChoiceMetrics.INDEX_PARTITIONS, 0, ChoiceMetrics.MEMTABLE_FILTER, 0));
    ours.gauges.keySet().removeAll(choices.keySet());
    assertThat(ours).isEqualTo(stocks);
  }

  /** What Basalt chooses by itself, or is told, can be seen from outside. */
  @Test
  void choicesAreGauges() throws Exception {
    Configuration configuration = configuration("memory.partitioned-index-filters", "true");
    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      CheckpointableKeyedStateBackend<Integer> backend = taskManager.create(basalt(configuration));
      write(backend);
      ValueState<Integer> state = value(backend);
      // Counting down: new keys behind all others are not looked for in the table.
      for (int key = 50_000; key > 1; key--) {
        backend.setCurrentKey(key);
        assertThat(state.value()).isNull();
      }

      assertThat(withoutTier(taskManager.gauges.read()))
          .isEqualTo(Map.of(ChoiceMetrics.INDEX_PARTITIONS, 1, ChoiceMetrics.MEMTABLE_FILTER, 1));
      backend.dispose();
    }
  }

  private static Map<String, Object> withoutTier(Map<String, Object> gauges) {
    Map<String, Object> others = new HashMap<>(gauges);
    others.keySet().removeIf(name -> name.contains("hot-tier"));
    return others;
  }

  @Test
  void entriesThatCompactionsRemoveAreCounted() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(BasaltOptions.METRICS_EXPIRED_ENTRIES, true);
    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      CheckpointableKeyedStateBackend<Integer> backend = taskManager.create(basalt(configuration));
      ValueStateDescriptor<Integer> descriptor =
          new ValueStateDescriptor<>("expiring", IntSerializer.INSTANCE);
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofMillis(1)).build());
      ValueState<Integer> state =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
      for (int key = 0; key < 100; key++) {
        backend.setCurrentKey(key);
        state.update(key);
      }
      long written = System.currentTimeMillis();
      while (System.currentTimeMillis() <= written) {
        Thread.onSpinWait();
      }
      ((BasaltKeyedStateBackend<Integer>) backend).compactState(descriptor);

      assertThat(taskManager.gauges.read())
          .containsEntry(NativeMetrics.EXPIRED, BigInteger.valueOf(100));
      backend.dispose();
    }
  }

  @Test
  void stockMayRunBesideUs() throws Exception {
    try (TaskManager taskManager = new TaskManager(configuration("memory.fixed-per-tm", "12mb"))) {
      for (String[] memory :
          new String[][] {
            {"memory.managed", "true"},
            {"memory.fixed-per-slot", "8mb"},
            {"memory.managed", "false"}
          }) {
        Configuration configuration = configuration(memory[0], memory[1]);
        write(taskManager.create(stock(configuration)));
        write(taskManager.create(basalt(configuration)));
        write(taskManager.create(stock(configuration)));
        write(taskManager.create(basalt(configuration)));
      }
    }
  }

  @Test
  void backendsOfASlotShareItsMemory() throws Exception {
    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      write(taskManager.create(basalt(new Configuration())));
      long used = taskManager.usedMemory();
      write(taskManager.create(basalt(new Configuration())));

      assertThat(used).isEqualTo(MANAGED_BYTES / 4);
      assertThat(taskManager.usedMemory()).isEqualTo(used);

      taskManager.dispose();
      assertThat(taskManager.usedMemory()).isZero();
    }
  }

  @Test
  void aBackendOfStateV2GoesWithItsAdaptor() throws Exception {
    try (TaskManager taskManager = new TaskManager(new Configuration())) {
      var adaptor =
          basalt(new Configuration()).createAsyncKeyedStateBackend(taskManager.parameters());
      assertThat(instances(taskManager.workingDirectory)).hasSize(1);

      adaptor.close();
      adaptor.dispose();

      assertThat(NativeCount.open()).isEqualTo(openBefore);
      assertThat(instances(taskManager.workingDirectory)).isEmpty();
    }
  }

  @Test
  void operatorStateIsFlinksOwn() throws Exception {
    try (TaskManager taskManager = new TaskManager(new Configuration());
        OperatorStateBackend operatorState =
            basalt(new Configuration())
                .createOperatorStateBackend(
                    new OperatorStateBackendParametersImpl(
                        taskManager.environment, "source", List.of(), new CloseableRegistry()))) {
      assertThat(operatorState).isInstanceOf(DefaultOperatorStateBackend.class);
    }
  }

  /** What a backend's memory looks like from outside. */
  private record Memory(long ofManaged, Map<String, Object> gauges) {}

  private Memory memory(Supplier<StateBackend> stateBackend, Configuration ofTaskManager)
      throws Exception {
    try (TaskManager taskManager = new TaskManager(ofTaskManager)) {
      CheckpointableKeyedStateBackend<Integer> backend = taskManager.create(stateBackend.get());
      write(backend);
      Memory memory = new Memory(taskManager.usedMemory(), taskManager.gauges.read());
      assertThat(memory.gauges).containsKey(CACHE_CAPACITY);
      backend.dispose();
      return memory;
    }
  }

  private static void write(CheckpointableKeyedStateBackend<Integer> backend) throws Exception {
    ValueState<Integer> state = value(backend);
    backend.setCurrentKey(1);
    state.update(2);
    assertThat(state.value()).isEqualTo(2);
  }

  private static ValueState<Integer> value(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>("value", IntSerializer.INSTANCE));
  }

  private static List<Path> instances(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("job_")).toList();
    }
  }

  private static StateBackend basalt(Configuration configuration) {
    return new BasaltStateBackendFactory()
        .createFromConfig(configuration, BackendCreationTest.class.getClassLoader());
  }

  private static StateBackend stock(Configuration configuration) {
    return new EmbeddedRocksDBStateBackend()
        .configure(configuration, BackendCreationTest.class.getClassLoader());
  }

  private static Configuration configuration(String key, String value) {
    return configuration(Map.of(key, value));
  }

  private static Configuration configuration(Map<String, String> options) {
    Configuration configuration = new Configuration();
    options.forEach((key, value) -> configuration.setString(PREFIX + key, value));
    return configuration;
  }

  /** A TaskManager of one slot, as far as state backends see it. */
  private final class TaskManager implements AutoCloseable {

    private final Path workingDirectory;
    private final MemoryManager memory = MemoryManager.create(MANAGED_BYTES, 32 << 10);
    private final RegisteredGauges gauges = new RegisteredGauges();
    private final MockEnvironment environment;
    private final List<CheckpointableKeyedStateBackend<?>> opened = new ArrayList<>();

    TaskManager(Configuration configuration) throws IOException {
      workingDirectory = Files.createTempDirectory(temporary, "working");
      environment =
          new MockEnvironmentBuilder()
              .setMemoryManager(memory)
              .setTaskManagerRuntimeInfo(
                  new TestingTaskManagerRuntimeInfo(
                      configuration,
                      new String[] {temporary.resolve("tmp").toString()},
                      "localhost",
                      workingDirectory.toFile()))
              .build();
    }

    long usedMemory() {
      return MANAGED_BYTES - memory.availableMemory();
    }

    CheckpointableKeyedStateBackend<Integer> create(StateBackend stateBackend) throws Exception {
      CheckpointableKeyedStateBackend<Integer> backend =
          stateBackend.createKeyedStateBackend(parameters());
      opened.add(backend);
      return backend;
    }

    private KeyedStateBackendParametersImpl<Integer> parameters() {
      return new KeyedStateBackendParametersImpl<>(
          environment,
          new JobID(),
          "operator",
          IntSerializer.INSTANCE,
          4,
          new KeyGroupRange(0, 3),
          environment.getTaskKvStateRegistry(),
          TtlTimeProvider.DEFAULT,
          gauges,
          (name, value) -> {},
          List.of(),
          new CloseableRegistry(),
          0.25);
    }

    void dispose() {
      opened.forEach(IOUtils::closeQuietly);
      opened.forEach(CheckpointableKeyedStateBackend::dispose);
      opened.clear();
    }

    @Override
    public void close() throws Exception {
      dispose();
      // Fails where managed memory is not given back.
      environment.close();
    }
  }
}
