package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.SortedFiles;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableRewrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a rewrite: threads of its own, each with its own serializers, take one part
 * of the key groups after the other. Ends with all of its threads, however it ends.
 */
final class ParallelRewrite {

  /** A file that is ended is synced, and its thread waits for the disk. */
  private static final int THREADS_BY_PROCESSOR = 2;

  /**
   * Each has a file under way, of which the filter takes eight bytes a key until it is written: up
   * to some 25 MB, outside of managed memory. All slots of a TaskManager may migrate at once.
   */
  private static final int MOST_THREADS = 4;

  /** Parts that are done early leave others for whoever is free. */
  private static final int PARTS_BY_THREAD = 4;

  /** Each part is a file at least: small states are to have few. */
  private static final long LEAST_BYTES_OF_A_PART = 1 << 20;

  private final Table table;
  private final TableRewrite rewrite;
  private final KeyGroups keyGroups;
  private final MigrationProgress progress;
  private final int threads;
  private final BlockingQueue<Bounds> parts;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  ParallelRewrite(
      Table table, TableRewrite rewrite, KeyGroups keyGroups, MigrationProgress progress) {
    this.table = table;
    this.rewrite = rewrite;
    this.keyGroups = keyGroups;
    this.progress = progress;
    int most =
        Math.min(MOST_THREADS, THREADS_BY_PROCESSOR * Runtime.getRuntime().availableProcessors());
    long worth = table.property("rocksdb.total-sst-files-size") / LEAST_BYTES_OF_A_PART + 1;
    List<Bounds> all = keyGroups.parts((int) Math.min((long) PARTS_BY_THREAD * most, worth));
    this.parts = new LinkedBlockingQueue<>(all);
    this.threads = Math.min(most, all.size());
  }

  void run(TableMigration.Migrations migrations) throws IOException, InterruptedException {
    List<Thread> started = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        EntryMigration migration = migrations.create();
        Thread thread = new Thread(() -> takeParts(migration), "basalt-migration-" + i);
        // The user's serializers may load the user's classes by it.
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.setDaemon(true);
        thread.start();
        started.add(thread);
      }
    } catch (RuntimeException | Error e) {
      progress.close();
      throw e;
    } finally {
      join(started);
    }
    Throwable failed = failure.get();
    if (failed instanceof IOException e) {
      throw e;
    } else if (failed instanceof RuntimeException e) {
      throw e;
    } else if (failed instanceof Error e) {
      throw e;
    }
  }

  /** They read the database: not before they have ended may anybody go on. */
  private void join(List<Thread> started) throws InterruptedException {
    InterruptedException interrupted = null;
    for (Thread thread : started) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          progress.close();
          interrupted = e;
        }
      }
    }
    if (interrupted != null) {
      throw interrupted;
    }
  }

  private void takeParts(EntryMigration migration) {
    try {
      for (Bounds part = parts.poll(); part != null; part = parts.poll()) {
        rewrite(part, migration);
      }
    } catch (Throwable e) {
      // The first to fail says why; the others end because of it.
      failure.compareAndSet(null, e);
      progress.close();
    }
  }

  private void rewrite(Bounds part, EntryMigration migration) throws IOException {
    try (Cursor cursor = table.cursor(part.lowerInclusive(), part.upperExclusive());
        SortedFiles run = rewrite.newRun()) {
      new PartMigration(keyGroups.prefix(), migration, progress).run(cursor, run::put);
      run.finish();
    }
  }
}
