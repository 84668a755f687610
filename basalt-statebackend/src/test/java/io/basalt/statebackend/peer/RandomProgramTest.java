package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.StateVisibility;
import org.apache.flink.api.common.state.StateTtlConfig.UpdateType;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.configuration.StateLatencyTrackOptions;
import org.apache.flink.configuration.StateSizeTrackOptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random calls; the name of a test that fails says the seed. */
final class RandomProgramTest {

  private static final int STEPS = 2_500;
  private static final int EXPIRING_STEPS = 1_000;

  @TempDir private Path directory;

  static Stream<Arguments> seeds() {
    return LongStream.of(1, 2, new Random().nextLong())
        .boxed()
        .flatMap(
            seed ->
                Stream.of(RandomProgram.Restore.values())
                    .map(restore -> Arguments.of(seed, restore)));
  }

  static Stream<Arguments> expiring() {
    Random random = new Random();
    return Stream.of(UpdateType.OnCreateAndWrite, UpdateType.OnReadAndWrite)
        .flatMap(
            update ->
                Stream.of(StateVisibility.values())
                    .flatMap(
                        visibility ->
                            Stream.of(RandomProgram.Restore.values())
                                .map(
                                    restore ->
                                        Arguments.of(
                                            random.nextLong(), update, visibility, restore))));
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("seeds")
  void statesOfEveryKind(long seed, RandomProgram.Restore restore) throws Exception {
    compare(new RandomProgram(seed, STEPS, StateTtlConfig.DISABLED, restore));
  }

  @ParameterizedTest(name = "seed {0}, {1}, {2}, {3}")
  @MethodSource("expiring")
  void expiringStatesOfEveryKind(
      long seed, UpdateType update, StateVisibility visibility, RandomProgram.Restore restore)
      throws Exception {
    StateTtlConfig ttl =
        StateTtlConfig.newBuilder(Duration.ofMillis(60))
            .setUpdateType(update)
            .setStateVisibility(visibility)
            .cleanupFullSnapshot()
            // When a compaction removes an expired entry is up to RocksDB, and would show.
            .disableCleanupInBackground()
            .build();
    compare(new RandomProgram(seed, EXPIRING_STEPS, ttl, restore));
  }

  @ParameterizedTest(name = "seed {0}, {1}, {2}, {3}")
  @MethodSource("expiring")
  void expiringStatesThatAreCompacted(
      long seed, UpdateType update, StateVisibility visibility, RandomProgram.Restore restore)
      throws Exception {
    StateTtlConfig ttl =
        StateTtlConfig.newBuilder(Duration.ofMillis(60))
            .setUpdateType(update)
            .setStateVisibility(visibility)
            .cleanupFullSnapshot()
            .cleanupInRocksdbCompactFilter(1)
            .build();
    RandomProgram program = new RandomProgram(seed, EXPIRING_STEPS, ttl, restore).compacted();
    new Peers(directory).withoutTier().assertSame(StringSerializer.INSTANCE, program);
    if (visibility == StateVisibility.NeverReturnExpired) {
      // With the tier a list is one value and not its appends, of which more can be removed.
      compare(program);
    }
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("seeds")
  void withManyKeyGroups(long seed, RandomProgram.Restore restore) throws Exception {
    new Peers(directory)
        .withManyKeyGroups()
        .assertSame(
            StringSerializer.INSTANCE,
            new RandomProgram(seed, EXPIRING_STEPS, StateTtlConfig.DISABLED, restore));
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("seeds")
  void withLatencyAndSizeTracked(long seed, RandomProgram.Restore restore) throws Exception {
    new Peers(directory)
        .with(StateLatencyTrackOptions.LATENCY_TRACK_ENABLED)
        .with(StateSizeTrackOptions.SIZE_TRACK_ENABLED)
        .assertSame(
            StringSerializer.INSTANCE,
            new RandomProgram(seed, EXPIRING_STEPS, StateTtlConfig.DISABLED, restore));
  }

  private void compare(RandomProgram program) throws Exception {
    new Peers(directory).assertSame(StringSerializer.INSTANCE, program);
  }
}
