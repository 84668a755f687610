package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.LocalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A month, by the clock of the backend, of a job whose keys come once, are never read again and
 * expire after three days: it is up to compactions that its disk does not fill.
 */
final class ExpiringMonthTest {

  private static final int DAYS = 30;
  private static final int DAYS_TO_LIVE = 3;
  private static final int CHECKPOINTS_A_DAY = 4;
  private static final int KEYS_A_CHECKPOINT = 1_000;
  private static final int VALUE_BYTES = 200;

  @TempDir private Path directory;

  @Test
  void theFilesStayAsLargeAsWhatLives() throws Exception {
    List<Long> bytesByDay = bytesByDay(true);
    long day = (long) CHECKPOINTS_A_DAY * KEYS_A_CHECKPOINT * VALUE_BYTES;

    assertThat(bytesByDay.subList(DAYS_TO_LIVE, DAYS))
        .allSatisfy(bytes -> assertThat(bytes).isBetween(day, 2 * (DAYS_TO_LIVE + 1) * day));
    // What it would be.
    List<Long> kept = bytesByDay(false);
    assertThat(kept.get(DAYS - 1)).isGreaterThan(DAYS * day);
  }

  private List<Long> bytesByDay(boolean cleaned) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, Peers.BASALT);
    StateTtlConfig.Builder timeToLive = StateTtlConfig.newBuilder(Duration.ofDays(DAYS_TO_LIVE));
    ValueStateDescriptor<byte[]> descriptor =
        new ValueStateDescriptor<>("s", BytePrimitiveArraySerializer.INSTANCE);
    descriptor.enableTimeToLive(
        cleaned ? timeToLive.build() : timeToLive.disableCleanupInBackground().build());
    Path own = Files.createTempDirectory(directory, "month");
    List<Long> bytes = new ArrayList<>();
    Random random = new Random(1);
    long now = 0;
    try (PeerBackend<Long> backend =
        new PeerBackend<>(configuration, own, LongSerializer.INSTANCE, 16)) {
      ValueState<byte[]> state = backend.state(descriptor);
      for (int day = 0; day < DAYS; day++) {
        for (int checkpoint = 0; checkpoint < CHECKPOINTS_A_DAY; checkpoint++) {
          for (int i = 0; i < KEYS_A_CHECKPOINT; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            backend.key(random.nextLong());
            state.update(value);
          }
          now += Duration.ofDays(1).toMillis() / CHECKPOINTS_A_DAY;
          backend.setTime(now);
          backend.checkpoint();
        }
        bytes.add(bytesOfTables(own));
      }
    }
    return bytes;
  }

  private static long bytesOfTables(Path root) throws IOException {
    return LocalFiles.regularFiles(root).stream()
        .filter(file -> file.toString().endsWith(".sst"))
        .mapToLong(ExpiringMonthTest::bytes)
        .sum();
  }

  /** A file that a compaction has removed meanwhile has none. */
  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
