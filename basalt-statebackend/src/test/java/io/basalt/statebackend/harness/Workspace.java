package io.basalt.statebackend.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The directories and operators of one test, or of a part of one. After each test it closes what is
 * still open and asserts that Basalt has left nothing behind, see {@link Leftovers}. A test that
 * fails shows the seed of its random numbers.
 */
public final class Workspace
    implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler, AutoCloseable {

  private static final String SEED_PROPERTY = "basalt.exchange.seed";

  private final boolean besideCluster;
  private Path root;
  private long seed;
  private Leftovers leftovers;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<KeyedOperator<?>> operators = new ArrayList<>();
  private final List<Path> directoriesOfBasalt = new ArrayList<>();
  private final List<Path> directoriesOfOthers = new ArrayList<>();

  public Workspace() {
    this(false);
  }

  private Workspace(boolean besideCluster) {
    this.besideCluster = besideCluster;
  }

  /** For a test with a cluster, which starts and ends threads as it likes. */
  public static Workspace besideCluster() {
    return new Workspace(true);
  }

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
    root = MemoryDirectories.create();
    seed = chosenSeed;
    leftovers = besideCluster ? Leftovers.besideCluster(root) : Leftovers.since(root);
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
    leftovers.assertNothingIsLeft(directoriesOfBasalt, directoriesOfOthers);
    for (Path directory : directoriesOfBasalt) {
      Path copies = Task.localCopies(directory);
      if (Files.exists(copies)) {
        assertThat(LocalFiles.regularFiles(copies)).as("local copies in %s", copies).isEmpty();
      }
    }
    assertThat(filesOfNoSnapshot()).as("uploaded files of no snapshot").isEmpty();
  }

  /** What Basalt has uploaded that no completed snapshot of any job refers to. */
  public List<Path> filesOfNoSnapshot() throws Exception {
    Set<Path> referred = new HashSet<>();
    for (KeyedOperator<?> operator : operators) {
      referred.addAll(operator.filesOfSnapshots());
    }
    List<Path> others = new ArrayList<>();
    for (KeyedOperator<?> operator : operators) {
      if (operator.participant().type() == Participant.Type.BASALT
          && Files.exists(operator.directory())) {
        others.addAll(LocalFiles.regularFiles(operator.directory()));
      }
    }
    others.removeAll(referred);
    return others;
  }

  /** What one job has uploaded that none of its completed snapshots refers to. */
  public List<Path> filesOfNoSnapshot(KeyedOperator<?> operator) throws Exception {
    List<Path> files = new ArrayList<>(LocalFiles.regularFiles(operator.directory()));
    files.removeAll(operator.filesOfSnapshots());
    return files;
  }

  /** For a storage whose files Flink's own streams may leave open. */
  public void doNotCountOpenFilesOf(KeyedOperator<?> operator) {
    directoriesOfOthers.add(operator.directory());
  }

  /** What this process has open of the test's files. */
  public List<String> openFiles() throws IOException {
    return OpenFiles.below(root);
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

  /** Everything of the test is below it. */
  public Path root() {
    return root;
  }

  /** A new directory, for a job's checkpoints and savepoints or for anything else. */
  public Path directory() throws IOException {
    return Files.createTempDirectory(root, "directory");
  }

  /** The same for files that Flink may leave open: they are not counted. */
  public Path directoryWithOpenFiles() throws IOException {
    Path directory = directory();
    directoriesOfOthers.add(directory);
    return directory;
  }

  /** A new local directory of a subtask. */
  public Path localDirectory(Participant participant) throws IOException {
    Path directory = Files.createTempDirectory(root, "local");
    if (participant.type() == Participant.Type.BASALT) {
      directoriesOfBasalt.add(directory);
    } else {
      directoriesOfOthers.add(directory);
    }
    return directory;
  }

  void register(KeyedOperator<?> operator) {
    open.add(operator);
    operators.add(operator);
  }

  /** Closes it at the end, if nobody has done so before. */
  public void register(AutoCloseable operator) {
    open.add(operator);
  }
}
