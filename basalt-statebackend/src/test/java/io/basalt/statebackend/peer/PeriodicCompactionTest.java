package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.OptionsInForce;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The age at which RocksDB compacts a file in any case: what is in force for the column family,
 * which RocksDB writes down. Stock changes an options object that nobody looks at any more.
 */
final class PeriodicCompactionTest {

  private static final long DAY = Duration.ofDays(1).toSeconds();

  @TempDir private Path directory;

  static Stream<Arguments> cases() {
    Duration minute = Duration.ofMinutes(1);
    return Stream.of(
        Arguments.of("no time to live", StateTtlConfig.DISABLED, Map.of(), 0L, 30 * DAY),
        Arguments.of(
            "a minute", StateTtlConfig.newBuilder(minute).build(), Map.of(), 3_600L, 30 * DAY),
        Arguments.of(
            "two days",
            StateTtlConfig.newBuilder(Duration.ofDays(2)).build(),
            Map.of(),
            2 * DAY,
            30 * DAY),
        Arguments.of(
            "a year",
            StateTtlConfig.newBuilder(Duration.ofDays(365)).build(),
            Map.of(),
            30 * DAY,
            30 * DAY),
        Arguments.of(
            "by entries",
            StateTtlConfig.newBuilder(Duration.ofDays(2)).cleanupInRocksdbCompactFilter(5).build(),
            Map.of(),
            2 * DAY,
            30 * DAY),
        Arguments.of(
            "five hours",
            StateTtlConfig.newBuilder(minute)
                .cleanupInRocksdbCompactFilter(5, Duration.ofHours(5))
                .build(),
            Map.of(),
            5 * 3_600L,
            30 * DAY),
        Arguments.of(
            "never",
            StateTtlConfig.newBuilder(minute)
                .cleanupInRocksdbCompactFilter(5, Duration.ZERO)
                .build(),
            Map.of(),
            0L,
            30 * DAY),
        Arguments.of(
            "not in the background",
            StateTtlConfig.newBuilder(minute).disableCleanupInBackground().build(),
            Map.of(),
            0L,
            30 * DAY),
        Arguments.of(
            "the option",
            StateTtlConfig.newBuilder(minute).build(),
            Map.of(RocksDBConfigurableOptions.COMPACT_FILTER_PERIODIC_COMPACTION_TIME.key(), "3 d"),
            3 * DAY,
            3 * DAY),
        Arguments.of(
            "the option, no time to live",
            StateTtlConfig.DISABLED,
            Map.of(RocksDBConfigurableOptions.COMPACT_FILTER_PERIODIC_COMPACTION_TIME.key(), "3 d"),
            0L,
            3 * DAY));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void onTheLiveColumnFamily(
      String name, StateTtlConfig timeToLive, Map<String, String> options, long basalt, long stock)
      throws Exception {
    assertThat(secondsInForce(Peers.BASALT, timeToLive, options)).isEqualTo(basalt);
    assertThat(secondsInForce(Peers.STOCK, timeToLive, options)).isEqualTo(stock);
  }

  private long secondsInForce(
      String backendType, StateTtlConfig timeToLive, Map<String, String> options) throws Exception {
    Configuration configuration = Configuration.fromMap(options);
    configuration.set(StateBackendOptions.STATE_BACKEND, backendType);
    Path own = Files.createTempDirectory(directory, "peer");
    try (PeerBackend<Integer> backend =
        new PeerBackend<>(configuration, own, IntSerializer.INSTANCE, 16)) {
      ValueStateDescriptor<Integer> descriptor =
          new ValueStateDescriptor<>("s", IntSerializer.INSTANCE);
      if (timeToLive.isEnabled()) {
        descriptor.enableTimeToLive(timeToLive);
      }
      backend.key(1);
      backend.state(descriptor).update(1);
      return Long.parseLong(
          OptionsInForce.below(own).get("[CFOptions \"s\"].periodic_compaction_seconds"));
    }
  }
}
