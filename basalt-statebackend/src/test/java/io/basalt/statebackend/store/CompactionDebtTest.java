package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionJobInfo;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

/** Files that were put together are more to merge at once than a task may write before it waits. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CompactionDebtTest extends DatabaseFixture {

  private static final int FILES = 6;

  /** A file takes some more than a kilobyte. */
  private static final long SLOWING = 1_000;

  private static final long STOPPING = 2_000;

  @Test
  void writesGoOnWhileWhatWasRestoredIsMergedAndAreStoppedByWhatIsWrittenSince()
      throws IOException {
    Path directory = manyFiles();
    HeldCompactions compactions = new HeldCompactions();
    try (Database database = open(directory, compactions)) {
      try {
        Table table = Objects.requireNonNull(database.find("state"));
        flush(database);
        await(compactions::areHeld);

        assertThat(table.property("rocksdb.estimate-pending-compaction-bytes"))
            .isGreaterThan(STOPPING);
        assertThat(database.property("rocksdb.is-write-stopped")).isZero();
        assertThat(database.property("rocksdb.actual-delayed-write-rate")).isZero();
        // The file of options is written when they hold already.
        await(() -> limits(directory).stream().anyMatch(limit -> limit > STOPPING));

        compactions.letGo();
        await(() -> limits(directory).equals(usersLimits()));

        compactions.hold();
        for (int file = 0; file < 3; file++) {
          table.put(key(1, file), new byte[1]);
          database.writeFiles();
        }
        assertThat(database.property("rocksdb.is-write-stopped")).isOne();
      } finally {
        compactions.letGo();
      }
    }
  }

  /** As where the job fails before all is merged that a rescale has brought. */
  @Test
  void writesGoOnAlsoAfterAnotherRestoreMeanwhile() throws IOException {
    Path directory = manyFiles();
    HeldCompactions compactions = new HeldCompactions();
    try (Database database =
        Database.openFiles(
            directory,
            specification(compactions),
            Map.of("state", AccessPattern.KEYS_AND_RANGES))) {
      try {
        await(compactions::areHeld);
        assertThat(database.property("rocksdb.is-write-stopped")).isZero();
        assertThat(limits(directory)).allMatch(limit -> limit > STOPPING);

        compactions.letGo();
        await(() -> limits(directory).equals(usersLimits()));
      } finally {
        compactions.letGo();
      }
    }
  }

  /** They need no file of options for that either. */
  @Test
  void limitsThatAreFarAwayStayAsTheyAre() throws IOException {
    Path directory = manyFiles();
    try (Database database = open(directory, new TinyFiles())) {
      Table table = Objects.requireNonNull(database.find("state"));
      flush(database);
      await(() -> table.files().stream().noneMatch(file -> file.level() == 0));

      assertThat(limits(directory)).isEqualTo(List.of(64L << 30, 256L << 30));
    }
  }

  private static List<Long> usersLimits() {
    return List.of(SLOWING, STOPPING);
  }

  /** Of the table, as the newest file of options says, which RocksDB writes after each change. */
  private static List<Long> limits(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      Path newest =
          files
              .filter(file -> file.getFileName().toString().matches("OPTIONS-\\d+"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
      List<String> lines = Files.readAllLines(newest);
      List<String> ofTable = lines.subList(lines.indexOf("[CFOptions \"state\"]"), lines.size());
      return Stream.of("soft", "hard").map(kind -> limit(kind, ofTable)).toList();
    } catch (NoSuchFileException e) {
      // There is a newer one.
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long limit(String kind, List<String> lines) {
    String name = kind + "_pending_compaction_bytes_limit=";
    return lines.stream()
        .map(String::trim)
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  /** Of one entry each, all in level 0. */
  private Path manyFiles() throws IOException {
    Path files = newDirectory();
    try (Database database = Database.create(newDirectory(), specification(new NoCompactions()))) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      for (int file = 0; file < FILES; file++) {
        // Files that do not overlap would only be moved to the next level.
        table.put(key(1, 0), new byte[1]);
        database.writeFiles();
      }
      database.linkFiles(files);
    }
    return files;
  }

  private static Database open(Path directory, RocksDBOptionsFactory factory) throws IOException {
    return Database.openFiles(
        directory,
        specification(factory).postponingCompactions(),
        Map.of("state", AccessPattern.KEYS_AND_RANGES));
  }

  private static DatabaseSpecification specification(RocksDBOptionsFactory factory) {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), factory, null, List.of(), 0, () -> 0L);
  }

  private static final class NoCompactions implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return current.setDisableAutoCompactions(true);
    }
  }

  /** Compactions begin, and go no further until they are let go; with limits of some bytes. */
  private static final class HeldCompactions implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    private transient volatile CountDownLatch held = new CountDownLatch(1);
    private transient volatile boolean begun;

    boolean areHeld() {
      return begun;
    }

    void letGo() {
      held.countDown();
    }

    void hold() {
      held = new CountDownLatch(1);
    }

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      Listener listener = new Listener(this);
      handles.add(listener);
      return current.setListeners(List.of(listener));
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return new TinyFiles()
          .createColumnOptions(current, handles)
          .setSoftPendingCompactionBytesLimit(SLOWING)
          .setHardPendingCompactionBytesLimit(STOPPING);
    }
  }

  private static final class Listener extends AbstractEventListener {
    private final HeldCompactions compactions;

    Listener(HeldCompactions compactions) {
      super(EnabledEventCallback.ON_COMPACTION_BEGIN);
      this.compactions = compactions;
    }

    @Override
    public void onCompactionBegin(RocksDB database, CompactionJobInfo compaction) {
      compactions.begun = true;
      try {
        compactions.held.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
