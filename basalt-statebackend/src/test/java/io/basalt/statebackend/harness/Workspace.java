package io.basalt.statebackend.harness;

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
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The directories and operators of one test, or of a part of one. After each test it closes what is
 * still open and asserts that Basalt has left nothing behind: no file in its local directories, no
 * native object. A test that fails shows the seed of its random numbers.
 */
public final class Workspace
    implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler, AutoCloseable {

  private static final String SEED_PROPERTY = "basalt.exchange.seed";

  private static final String LIBRARY = "rocksdb-lib-";

  private static final long ENOUGH_BYTES = 1L << 30;

  private Path root;
  private long seed;
  private Map<NativeCount.Kind, Long> nativeObjectsBefore;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Path> directoriesOfBasalt = new ArrayList<>();

  /** For a part of a test: to be closed, and before that asked whether anything is left. */
  public static Workspace opened(long seed) throws IOException {
    Workspace workspace = new Workspace();
    workspace.begin(seed);
    return workspace;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    begin(Long.getLong(SEED_PROPERTY, new Random().nextLong()));
  }

  private void begin(long chosenSeed) throws IOException {
    root = temporaryDirectory();
    seed = chosenSeed;
    nativeObjectsBefore = NativeCount.open();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      if (context.getExecutionException().isEmpty()) {
        assertNothingIsLeft();
      }
    } finally {
      close();
    }
  }

  /** Closes what is open, and asserts that nothing of it is left. */
  public void assertNothingIsLeft() throws Exception {
    closeOperators();
    assertThat(NativeCount.open()).as("native objects").isEqualTo(nativeObjectsBefore);
    for (Path directory : directoriesOfBasalt) {
      assertThat(filesBelow(directory)).as("files left in %s", directory).isEmpty();
    }
  }

  /** Closes what is open and deletes the directories. */
  @Override
  public void close() throws Exception {
    try {
      closeOperators();
    } finally {
      FileUtils.deleteDirectory(root.toFile());
    }
  }

  private void closeOperators() throws Exception {
    try {
      IOUtils.closeAll(open);
    } finally {
      open.clear();
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

  public long seed() {
    return seed;
  }

  /** A new directory, for a job's checkpoints and savepoints or for anything else. */
  public Path directory() throws IOException {
    return Files.createTempDirectory(root, "directory");
  }

  /** A new local directory of a subtask. */
  public Path localDirectory(Participant participant) throws IOException {
    Path directory = Files.createTempDirectory(root, "local");
    if (participant.type() == Participant.Type.BASALT) {
      directoriesOfBasalt.add(directory);
    }
    return directory;
  }

  /** Closes it at the end, if nobody has done so before. */
  public void register(AutoCloseable operator) {
    open.add(operator);
  }

  /**
   * In memory where there is room for it. These tests open hundreds of databases with many tables
   * each, and on a disk they do little else than wait for RocksDB's fsync of each new table.
   */
  private static Path temporaryDirectory() throws IOException {
    Path memory = Path.of("/dev/shm");
    // Whoever has put the temporary directory there clears it even if this process is killed.
    return !Path.of(System.getProperty("java.io.tmpdir")).startsWith(memory)
            && Files.isWritable(memory)
            && Files.getFileStore(memory).getUsableSpace() > ENOUGH_BYTES
        ? Files.createTempDirectory(memory, "basalt")
        : Files.createTempDirectory("basalt");
  }

  /** The native library does not count: unpacked by the first backend, it stays for the process. */
  private static List<Path> filesBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> !file.equals(directory))
          .filter(file -> !directory.relativize(file).toString().startsWith(LIBRARY))
          .toList();
    }
  }
}
