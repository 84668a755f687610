package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.Origin;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.util.TernaryBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Setters, configuration and what they leave behind: as in stock. */
class BasaltStateBackendTest {

  private static final String PREFIX = "state.backend.rocksdb.";

  /** Something that can be set by a setter and by a configuration, in both backends. */
  private record Property(
      String key,
      String configured,
      Consumer<BasaltStateBackend> setter,
      Consumer<EmbeddedRocksDBStateBackend> stocksSetter,
      Function<BasaltStateBackend, Object> getter,
      Function<EmbeddedRocksDBStateBackend, Object> stocksGetter) {

    @Override
    public String toString() {
      return key;
    }
  }

  static List<Property> properties() {
    return List.of(
        new Property(
            PREFIX + "localdir",
            "/c:/d",
            backend -> backend.setDbStoragePaths("/a", "file:///b/"),
            stock -> stock.setDbStoragePaths("/a", "file:///b/"),
            BasaltStateBackend::getDbStoragePaths,
            EmbeddedRocksDBStateBackend::getDbStoragePaths),
        new Property(
            PREFIX + "timer-service.factory",
            "ROCKSDB",
            backend -> backend.setPriorityQueueStateType(PriorityQueueStateType.HEAP),
            stock -> stock.setPriorityQueueStateType(PriorityQueueStateType.HEAP),
            BasaltStateBackend::getPriorityQueueStateType,
            EmbeddedRocksDBStateBackend::getPriorityQueueStateType),
        new Property(
            PREFIX + "predefined-options",
            "FLASH_SSD_OPTIMIZED",
            backend -> backend.setPredefinedOptions(PredefinedOptions.DEFAULT),
            stock -> stock.setPredefinedOptions(PredefinedOptions.DEFAULT),
            BasaltStateBackend::getPredefinedOptions,
            EmbeddedRocksDBStateBackend::getPredefinedOptions),
        new Property(
            PREFIX + "checkpoint.transfer.thread.num",
            "3",
            backend -> backend.setNumberOfTransferThreads(9),
            stock -> stock.setNumberOfTransferThreads(9),
            BasaltStateBackend::getNumberOfTransferThreads,
            EmbeddedRocksDBStateBackend::getNumberOfTransferThreads),
        new Property(
            PREFIX + "write-batch-size",
            "3kb",
            backend -> backend.setWriteBatchSize(0),
            stock -> stock.setWriteBatchSize(0),
            BasaltStateBackend::getWriteBatchSize,
            EmbeddedRocksDBStateBackend::getWriteBatchSize),
        new Property(
            PREFIX + "memory.managed",
            "true",
            backend -> backend.setUseManagedMemory(false),
            stock -> stock.getMemoryConfiguration().setUseManagedMemory(false),
            backend -> backend.getSettings().memory().managed().value(),
            stock -> stock.getMemoryConfiguration().isUsingManagedMemory()),
        new Property(
            PREFIX + "memory.fixed-per-slot",
            "7mb",
            backend -> backend.setFixedMemoryPerSlot(MemorySize.ofMebiBytes(9)),
            stock -> stock.getMemoryConfiguration().setFixedMemoryPerSlot("9mb"),
            backend ->
                backend.getSettings().memory().fixedPerSlot() == null
                    ? null
                    : backend.getSettings().memory().fixedPerSlot().value(),
            stock -> stock.getMemoryConfiguration().getFixedMemoryPerSlot()),
        new Property(
            PREFIX + "memory.write-buffer-ratio",
            "0.2",
            backend -> backend.setWriteBufferRatio(0.3),
            stock -> stock.getMemoryConfiguration().setWriteBufferRatio(0.3),
            backend -> backend.getSettings().memory().writeBufferRatio().value(),
            stock -> stock.getMemoryConfiguration().getWriteBufferRatio()),
        new Property(
            PREFIX + "memory.high-prio-pool-ratio",
            "0.2",
            backend -> backend.setHighPriorityPoolRatio(0.3),
            stock -> stock.getMemoryConfiguration().setHighPriorityPoolRatio(0.3),
            backend -> backend.getSettings().memory().highPriorityPoolRatio().value(),
            stock -> stock.getMemoryConfiguration().getHighPriorityPoolRatio()));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void hasStocksDefault(Property property) {
    assertEqual(property, new BasaltStateBackend(), new EmbeddedRocksDBStateBackend());
    assertEqual(
        property,
        configured(new BasaltStateBackend(), new Configuration()),
        configured(new EmbeddedRocksDBStateBackend(), new Configuration()));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void isConfigured(Property property) {
    Configuration configuration = configuration(property.key, property.configured);
    EmbeddedRocksDBStateBackend stock =
        configured(new EmbeddedRocksDBStateBackend(), configuration);

    assertEqual(property, configured(new BasaltStateBackend(), configuration), stock);
  }

  @ParameterizedTest
  @MethodSource("properties")
  void aSetterBeatsTheConfiguration(Property property) {
    Configuration configuration = configuration(property.key, property.configured);
    BasaltStateBackend backend = new BasaltStateBackend();
    property.setter.accept(backend);
    EmbeddedRocksDBStateBackend stock = new EmbeddedRocksDBStateBackend();
    property.stocksSetter.accept(stock);
    Object set = property.getter.apply(backend);

    BasaltStateBackend configured = configured(backend, configuration);

    assertThat(property.getter.apply(configured)).isEqualTo(set);
    assertEqual(property, configured, configured(stock, configuration));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void aSetterBeatsAnEarlierConfiguration(Property property) {
    BasaltStateBackend expected = new BasaltStateBackend();
    property.setter.accept(expected);
    BasaltStateBackend configured =
        configured(new BasaltStateBackend(), configuration(property.key, property.configured));

    property.setter.accept(configured);

    assertThat(property.getter.apply(configured)).isEqualTo(property.getter.apply(expected));
  }

  @ParameterizedTest
  @MethodSource("properties")
  void theFirstOfTwoConfigurationsCounts(Property property) {
    BasaltStateBackend once =
        configured(new BasaltStateBackend(), configuration(property.key, property.configured));
    BasaltStateBackend other = new BasaltStateBackend();
    property.setter.accept(other);

    BasaltStateBackend twice =
        configured(once, configuration(property.key, asConfigured(property.getter.apply(other))));

    assertThat(property.getter.apply(twice)).isEqualTo(property.getter.apply(once));
  }

  @Test
  void configureLeavesTheOriginalAlone() {
    BasaltStateBackend original = new BasaltStateBackend();

    BasaltStateBackend copy =
        configured(original, configuration("execution.checkpointing.incremental", "true"));

    assertThat(copy).isNotSameAs(original);
    assertThat(original.isIncrementalCheckpointsEnabled()).isFalse();
    assertThat(copy.isIncrementalCheckpointsEnabled()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(TernaryBoolean.class)
  void incrementalCheckpointsAreOfTheConstructorOrConfigured(TernaryBoolean chosen) {
    for (String configured : new String[] {"true", "false"}) {
      Configuration configuration =
          configuration("execution.checkpointing.incremental", configured);

      assertThat(
              configured(new BasaltStateBackend(chosen), configuration)
                  .isIncrementalCheckpointsEnabled())
          .isEqualTo(
              configured(new EmbeddedRocksDBStateBackend(chosen), configuration)
                  .isIncrementalCheckpointsEnabled());
    }
  }

  @Test
  void incrementalCheckpointsAreConfiguredByTheOldKeyToo() {
    BasaltStateBackend backend =
        configured(new BasaltStateBackend(), configuration("state.backend.incremental", "true"));

    assertThat(backend.getSettings().incremental().origin()).isEqualTo(Origin.CONFIGURATION);
    assertThat(backend.isIncrementalCheckpointsEnabled()).isTrue();
    assertThat(new BasaltStateBackend(true).isIncrementalCheckpointsEnabled()).isTrue();
  }

  @Test
  void settersRefuseAtOnceWhatStocksRefuse() {
    refused(b -> b.setDbStoragePath("relative"), b -> b.setDbStoragePath("relative"));
    refused(b -> b.setDbStoragePath(""), b -> b.setDbStoragePath(""));
    refused(b -> b.setDbStoragePath("hdfs:///a"), b -> b.setDbStoragePath("hdfs:///a"));
    refused(b -> b.setDbStoragePath("file:a"), b -> b.setDbStoragePath("file:a"));
    refused(b -> b.setDbStoragePaths(), b -> b.setDbStoragePaths());
    refused(b -> b.setDbStoragePaths("/a", null), b -> b.setDbStoragePaths("/a", null));
    refused(b -> b.setNumberOfTransferThreads(0), b -> b.setNumberOfTransferThreads(0));
    refused(b -> b.setWriteBatchSize(-1), b -> b.setWriteBatchSize(-1));
    refused(
        b -> b.setFixedMemoryPerSlot(MemorySize.ZERO),
        b -> b.getMemoryConfiguration().setFixedMemoryPerSlot(MemorySize.ZERO));
    for (double ratio : new double[] {-0.1, 0, 1, 1.1, Double.NaN}) {
      refused(
          b -> b.setWriteBufferRatio(ratio),
          b -> b.getMemoryConfiguration().setWriteBufferRatio(ratio));
      refused(
          b -> b.setHighPriorityPoolRatio(ratio),
          b -> b.getMemoryConfiguration().setHighPriorityPoolRatio(ratio));
    }
  }

  @Test
  void timersCannotMoveIntoRocksDbWhereTheirCacheIsNone() {
    Configuration configuration = configuration(PREFIX + "timer-service.factory", "HEAP");
    configuration.setString(PREFIX + "timer-service.cache-size", "0");
    BasaltStateBackend backend = configured(new BasaltStateBackend(), configuration);

    assertThatThrownBy(() -> backend.setPriorityQueueStateType(PriorityQueueStateType.ROCKSDB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timer-service.cache-size' is 0");
  }

  @Test
  void tellsWhoChoseWhat() {
    BasaltStateBackend backend = new BasaltStateBackend(true);
    backend.setPredefinedOptions(PredefinedOptions.FLASH_SSD_OPTIMIZED);

    assertThat(configured(backend, configuration(PREFIX + "localdir", "/a:/b")))
        .hasToString(
            "BasaltStateBackend{incremental=true (program), localDirectories=[/a, /b]"
                + " (configuration), predefinedOptions=FLASH_SSD_OPTIMIZED (program),"
                + " optionsFactory=null, timers=ROCKSDB (default), transferThreads=4 (default)}");
  }

  @Test
  void nullForgetsDirectoriesAndFactories() {
    BasaltStateBackend backend = new BasaltStateBackend();
    backend.setDbStoragePath("/a");
    backend.setFixedMemoryPerSlot(MemorySize.ofMebiBytes(1));

    backend.setDbStoragePath(null);
    backend.setFixedMemoryPerSlot(null);
    backend.setRocksDBOptions(null);

    assertThat(backend.getSettings())
        .usingRecursiveComparison()
        .isEqualTo(new BasaltStateBackend().getSettings());
  }

  @Test
  void promisesWhatStockPromises() {
    BasaltStateBackend backend = new BasaltStateBackend();

    assertThat(backend.useManagedMemory()).isTrue();
    assertThat(backend.supportsNoClaimRestoreMode()).isTrue();
    assertThat(SavepointFormatType.values()).allMatch(backend::supportsSavepointFormat);
    // Stock says no and is then wrapped by Flink in an adaptor that never disposes of it.
    assertThat(backend.supportsAsyncKeyedStateBackend()).isTrue();
    assertThat(backend.getName()).isEqualTo("BasaltStateBackend");
  }

  private static void refused(
      Consumer<BasaltStateBackend> setter, Consumer<EmbeddedRocksDBStateBackend> stocksSetter) {
    assertThatThrownBy(() -> setter.accept(new BasaltStateBackend()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stocksSetter.accept(new EmbeddedRocksDBStateBackend()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertEqual(
      Property property, BasaltStateBackend ours, EmbeddedRocksDBStateBackend stock) {
    assertThat(property.getter.apply(ours)).isEqualTo(property.stocksGetter.apply(stock));
  }

  private static String asConfigured(Object value) {
    return value instanceof Object[] paths ? String.join(":", (String[]) paths) : value.toString();
  }

  private static Configuration configuration(String key, String value) {
    Configuration configuration = new Configuration();
    configuration.setString(key, value);
    return configuration;
  }

  private static BasaltStateBackend configured(
      BasaltStateBackend backend, Configuration configuration) {
    return backend.configure(configuration, BasaltStateBackendTest.class.getClassLoader());
  }

  private static EmbeddedRocksDBStateBackend configured(
      EmbeddedRocksDBStateBackend backend, Configuration configuration) {
    return backend.configure(configuration, BasaltStateBackendTest.class.getClassLoader());
  }
}
