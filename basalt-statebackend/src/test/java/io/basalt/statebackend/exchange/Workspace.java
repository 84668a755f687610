package io.basalt.statebackend.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The directories and jobs of one test. After each test it closes the jobs that are still open and
 * asserts that Basalt has left nothing behind: no file in its local directories, no native object.
 * A test that fails shows the seed of its random numbers.
 */
final class Workspace
    implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {

  private static final String SEED_PROPERTY = "basalt.exchange.seed";

  private static final long ENOUGH_BYTES = 1L << 30;

  private Path root;
  private long seed;
  private Map<NativeCount.Kind, Long> nativeObjectsBefore;
  private final List<Job<?>> jobs = new ArrayList<>();
  private final List<Path> directoriesOfBasalt = new ArrayList<>();

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    root = temporaryDirectory();
    seed = Long.getLong(SEED_PROPERTY, new Random().nextLong());
    nativeObjectsBefore = NativeCount.open();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      for (Job<?> job : jobs) {
        job.close();
      }
      if (context.getExecutionException().isEmpty()) {
        assertThat(NativeCount.open()).as("native objects").isEqualTo(nativeObjectsBefore);
        for (Path directory : directoriesOfBasalt) {
          assertThat(filesBelow(directory)).as("files left in %s", directory).isEmpty();
        }
      }
    } finally {
      jobs.clear();
      directoriesOfBasalt.clear();
      FileUtils.deleteDirectory(root.toFile());
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failure.addSuppressed(
        new AssertionError(
            "To repeat it with these random numbers: -D" + SEED_PROPERTY + "=" + seed));
    throw failure;
  }

  long seed() {
    return seed;
  }

  /** A new directory, for a job's checkpoints and savepoints or for anything else. */
  Path directory() throws IOException {
    return Files.createTempDirectory(root, "directory");
  }

  /** A new local directory of a subtask. */
  Path localDirectory(Participant participant) throws IOException {
    Path directory = Files.createTempDirectory(root, "local");
    if (participant.type() == Participant.Type.BASALT) {
      directoriesOfBasalt.add(directory);
    }
    return directory;
  }

  void register(Job<?> job) {
    jobs.add(job);
  }

  /**
   * In memory where there is room for it. These tests open hundreds of databases with many tables
   * each, and on a disk they do little else than wait for RocksDB's fsync of each new table.
   */
  private static Path temporaryDirectory() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > ENOUGH_BYTES
        ? Files.createTempDirectory(memory, "exchange")
        : Files.createTempDirectory("exchange");
  }

  private static List<Path> filesBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> !file.equals(directory)).toList();
    }
  }
}
