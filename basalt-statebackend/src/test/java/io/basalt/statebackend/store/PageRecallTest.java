package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.SstFileWriter;

/** The system has restored files read, within bounds, and nothing is left of it. */
class PageRecallTest extends DatabaseFixture {

  private static final String THREAD = "basalt-page-recall";
  private static final int FILE_BYTES = 3 << 20;

  @Test
  void everyFileIsReadOnceUnderWhateverName() throws IOException {
    PageRecall recall = new PageRecall(new PageBudget(() -> Long.MAX_VALUE));
    Path first = newFile("first", FILE_BYTES);
    recall.read(List.of(first, newFile("second", FILE_BYTES)));
    await(() -> recall.bytes() == 2 * FILE_BYTES);
    recall.read(List.of(Files.createLink(temporary.resolve("moved"), first), newFile("third", 1)));
    await(() -> threads() == 0);
    assertThat(recall.bytes()).isEqualTo(2 * FILE_BYTES + 1);
    recall.stop();
  }

  @Test
  void atMostHalfOfTheMemoryIsRead() throws IOException {
    PageRecall recall = new PageRecall(new PageBudget(() -> 4 * FILE_BYTES + 10));
    recall.read(List.of(newFile("one", FILE_BYTES)));
    await(() -> threads() == 0);
    recall.read(
        List.of(
            newFile("two", FILE_BYTES), newFile("three", FILE_BYTES), newFile("small enough", 5)));
    await(() -> threads() == 0);
    assertThat(recall.bytes()).isEqualTo(2 * FILE_BYTES + 5);
    recall.stop();
  }

  /** Whatever ends the thread: nobody gets back else what it has taken. */
  @Test
  void anErrorGivesBackWhatIsTaken() throws IOException {
    AtomicInteger looks = new AtomicInteger();
    PageBudget budget =
        new PageBudget(
            () -> {
              if (looks.incrementAndGet() == 2) {
                throw new StackOverflowError("as planned");
              }
              return Long.MAX_VALUE;
            });
    PageRecall recall = new PageRecall(budget);
    recall.read(List.of(newFile("one", FILE_BYTES), newFile("two", FILE_BYTES)));
    await(() -> threads() == 0);
    assertThat(looks).hasValue(2);
    assertThat(budget.taken()).isZero();

    recall.read(List.of(newFile("three", FILE_BYTES)));
    await(() -> threads() == 0);
    assertThat(recall.bytes()).isEqualTo(2 * FILE_BYTES);
    recall.stop();
  }

  /** Else each would take half of the same memory. */
  @Test
  void severalDatabasesTogetherHaveHalfOfTheMemory() throws IOException {
    PageBudget budget = new PageBudget(() -> 4 * FILE_BYTES + 10);
    PageRecall second = new PageRecall(budget);
    // Another one is reading.
    assertThat(budget.take(2 * FILE_BYTES, 0)).isTrue();
    Path three = newFile("three", FILE_BYTES);
    second.read(List.of(three));
    await(() -> threads() == 0);
    assertThat(second.bytes()).isZero();

    budget.giveBack(2 * FILE_BYTES);
    second.read(List.of(three));
    await(() -> threads() == 0);
    assertThat(second.bytes()).isEqualTo(FILE_BYTES);
    assertThat(budget.taken()).as("once all is read").isZero();
    second.stop();
    second.stop();
    assertThat(budget.taken()).isZero();
  }

  /** Not in the directory for temporary files: a file system in memory forgets nothing. */
  @Test
  void whatRocksDbHasHadForgottenIsInMemoryAgain(@TempDir(factory = OnDisk.class) Path directory)
      throws Exception {
    Path file = directory.resolve("written.sst");
    try (EnvOptions environment = new EnvOptions();
        Options options = new Options();
        SstFileWriter writer = new SstFileWriter(environment, options)) {
      writer.open(file.toString());
      byte[] value = new byte[10_000];
      new Random(1).nextBytes(value);
      for (int entry = 0; entry < 1_000; entry++) {
        writer.put(key(0, entry), value);
      }
      writer.finish();
    }
    assumeFalse(isInMemory(file));
    PageRecall recall = new PageRecall(new PageBudget(() -> Long.MAX_VALUE));
    recall.read(List.of(file));
    await(() -> threads() == 0);
    assertThat(isInMemory(file)).isTrue();
    recall.stop();
  }

  @Test
  void filesThatAreGoneDoNotKeepOthersFromBeingRead() throws IOException {
    PageRecall recall = new PageRecall(new PageBudget(() -> Long.MAX_VALUE));
    recall.read(List.of(temporary.resolve("gone"), newFile("there", FILE_BYTES)));
    await(() -> threads() == 0);
    assertThat(recall.bytes()).isEqualTo(FILE_BYTES);
    recall.stop();
  }

  @Test
  void nothingHoldsAFileThatIsDeletedMeanwhile() throws Exception {
    Path deleted = newFile("going-away", 4L << 30);
    PageRecall recall = new PageRecall(new PageBudget(() -> Long.MAX_VALUE));
    recall.read(List.of(deleted));
    await(() -> recall.bytes() > 0);
    Files.delete(deleted);
    recall.stop();
    assertThat(threads()).isZero();
    assertThat(openFiles()).noneMatch(name -> name.contains("going-away"));
  }

  @Test
  void aFileIsNotReadToItsEndOnceNobodyWantsIt() throws IOException {
    PageRecall recall = new PageRecall(new PageBudget(() -> Long.MAX_VALUE));
    long bytes = 64L << 30;
    recall.read(List.of(newFile("huge", bytes), newFile("next", 1)));
    await(() -> recall.bytes() > 0);
    Thread.currentThread().interrupt();
    recall.stop();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(threads()).isZero();
    assertThat(recall.bytes()).isLessThan(bytes);
    recall.read(List.of(newFile("too late", 1)));
    assertThat(threads()).isZero();
  }

  @Test
  void stoppedBeforeTheNextFileItDoesNotBeginWithIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    PageRecall recall =
        new PageRecall(
            new PageBudget(
                () -> {
                  looks.incrementAndGet();
                  asked.countDown();
                  awaitUninterruptibly(stopping);
                  return Long.MAX_VALUE;
                }));
    recall.read(List.of(newFile("first", FILE_BYTES), newFile("second", FILE_BYTES)));
    asked.await();
    Thread stopper = new Thread(recall::stop);
    stopper.start();
    await(() -> stopper.getState() == Thread.State.WAITING);
    stopping.countDown();
    stopper.join();
    assertThat(looks).hasValue(1);
    assertThat(recall.bytes()).isZero();
    assertThat(threads()).isZero();
  }

  /** SstFileWriter has the system forget them. */
  @Test
  void theFilesThatWereAddedToATableAreInMemory() throws IOException {
    DatabaseSpecification specification =
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
    try (Database database = Database.create(newDirectory(), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      int entries = 2_000;
      try (TableAddition addition = database.addition(table, false)) {
        for (int run = 0; run < 2; run++) {
          try (SortedFiles files = addition.newRun(new EntryBuffers())) {
            for (int entry = 0; entry < entries; entry++) {
              files.put(key(run, entry), new byte[1_000]);
            }
            files.finish();
          }
        }
        addition.add();
      }
      await(() -> threads() == 0);
      assertThat(table.get(key(1, entries - 1))).isEqualTo(new byte[1_000]);
      List<TableFile> added = ColumnFamilyTable.of(table).files();
      assertThat(added).hasSize(2);
      for (TableFile file : added) {
        assertThat(isInMemory(database.directory().resolve(file.name().substring(1)))).isTrue();
      }
    }
    assertThat(threads()).isZero();
  }

  @Test
  void aDatabaseThatClosesEndsIt() throws IOException {
    DatabaseSpecification specification =
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
    Database database = Database.create(newDirectory(), specification);
    Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
    try (TableAddition addition = database.addition(table, false);
        SortedFiles files = addition.newRun(new EntryBuffers())) {
      files.put(key(0, 0), new byte[1_000]);
      files.finish();
      addition.add();
      database.close();
    }
    assertThat(threads()).isZero();
  }

  /** Where the build is. */
  static final class OnDisk implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(Path.of("").toAbsolutePath().resolve("target"), "pages");
    }
  }

  /** Without bytes on the disk. */
  private Path newFile(String name, long bytes) throws IOException {
    Path file = temporary.resolve(name);
    try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
      created.setLength(bytes);
    }
    return file;
  }

  private static boolean isInMemory(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).isLoaded();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(THREAD))
        .count();
  }

  private static List<String> openFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.map(PageRecallTest::target).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // Closed meanwhile.
      return "";
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
