package io.basalt.statebackend.compaction;

import io.basalt.statebackend.config.ManualCompactionSettings;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges small files of a database now and then (FLINK-26050: a state whose keys only ever come and
 * go, as in windows, leaves files behind that RocksDB has no reason to compact, each of them to be
 * uploaded, opened and referred to).
 *
 * <p>Off unless {@code manual-compaction.min-interval} is set. Merges run one after the other in a
 * thread of their own, as RocksDB runs no two of them at a time anyway. What fails is logged and
 * tried again at the next look: nothing depends on it.
 */
public final class SmallFileMerges implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SmallFileMerges.class);

  private static final String RUNNING_COMPACTIONS = "rocksdb.num-running-compactions";

  private final Database database;
  private final ManualCompactionSettings settings;
  private final @Nullable ScheduledExecutorService thread;

  /** Names of files that a further merge would not make fewer. Only in the merging thread. */
  private final Set<String> settled = new HashSet<>();

  private volatile boolean closed;

  private SmallFileMerges(
      Database database,
      ManualCompactionSettings settings,
      @Nullable ScheduledExecutorService thread) {
    this.database = database;
    this.settings = settings;
    this.thread = thread;
  }

  /**
   * Looks for small files once every interval, if the settings have one.
   *
   * @return to be closed before the database is
   */
  public static SmallFileMerges start(Database database, ManualCompactionSettings settings) {
    long interval = settings.minimumInterval().value().toMillis();
    if (interval <= 0) {
      return new SmallFileMerges(database, settings, null);
    }
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            new ExecutorThreadFactory("basalt-small-file-merges"));
    SmallFileMerges merges = new SmallFileMerges(database, settings, thread);
    // It never fails, so there is nobody to be told.
    var unused =
        thread.scheduleWithFixedDelay(merges::tryToLook, interval, interval, TimeUnit.MILLISECONDS);
    return merges;
  }

  /** For whoever looks himself, see {@link #look}. */
  static SmallFileMerges onDemand(Database database, ManualCompactionSettings settings) {
    return new SmallFileMerges(database, settings, null);
  }

  /**
   * Looks for small files and merges some, unless files are to stay as they were restored.
   *
   * @return how many merges there were
   * @throws IOException if the database is being closed
   */
  int look() throws IOException {
    int merges = 0;
    if (database.keepsFiles()) {
      return merges;
    }
    try (Lease unused = database.lease()) {
      Set<String> live = new HashSet<>();
      for (Table table : database.tablesOfAnyThread()) {
        List<TableFile> files = table.files();
        files.forEach(file -> live.add(file.name()));
        for (List<TableFile> run : SmallFileRuns.of(files, settings, settled)) {
          if (closed
              || merges >= settings.maximumParallelCompactions().value()
              || database.property(RUNNING_COMPACTIONS)
                  > settings.maximumAutomaticCompactions().value()) {
            return merges;
          }
          merge(table, run);
          merges++;
        }
      }
      settled.retainAll(live);
    }
    return merges;
  }

  private void merge(Table table, List<TableFile> run) {
    List<String> merged =
        table.mergeFiles(run, settings.maximumOutputFileSize().value().getBytes());
    LOG.debug(
        "{} small files of state '{}' at level {} became {}.",
        run.size(),
        table.name(),
        run.get(0).level(),
        merged.size());
    if (merged.size() >= run.size()) {
      settled.addAll(merged);
    }
  }

  private void tryToLook() {
    try {
      look();
    } catch (Exception e) {
      if (!closed) {
        LOG.warn("Could not merge small files of RocksDB in {}.", database.directory(), e);
      }
    }
  }

  /** Ends a merge that is running, too, and waits for that. */
  @Override
  public void close() {
    closed = true;
    if (thread == null) {
      return;
    }
    thread.shutdown();
    database.stopCompactions();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = thread.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
