package io.basalt.statebackend.restore;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.EntryBytes;
import io.basalt.statebackend.store.ParallelParts;
import io.basalt.statebackend.store.SortedFiles;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableAddition;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Copies the entries of some key groups from one database to another that has none of them: threads
 * read parts of them in order and write sorted files, which become the tables'. What is deleted or
 * overwritten in the source is not copied, and lists arrive as one value.
 */
final class SortedCopy {

  private final Database target;
  private final boolean fewFiles;
  private final KeyGroupPrefix prefix;
  private final Cancellation cancellation;
  private final Closeable stopping = this::stop;

  /** Asked for each entry: the registry of the restore would have all threads wait for its lock. */
  private volatile boolean stopped;

  /** Some keys of one table. */
  private record Part(Table from, TableAddition to, Bounds bounds) {}

  /**
   * A copy into a database.
   *
   * @param fewFiles see {@link Database#addition}
   */
  SortedCopy(Database target, boolean fewFiles, KeyGroupPrefix prefix, Cancellation cancellation) {
    this.target = target;
    this.fewFiles = fewFiles;
    this.prefix = prefix;
    this.cancellation = cancellation;
  }

  /**
   * Copies.
   *
   * @param tables the ones to copy from, each with the one to copy to
   * @throws CancellationException if the restore is cancelled meanwhile
   */
  void run(Map<Table, Table> tables, KeyGroupRange range) throws Exception {
    List<TableAddition> additions = new ArrayList<>();
    cancellation.registry().registerCloseable(stopping);
    try {
      List<Part> parts = new ArrayList<>();
      for (Map.Entry<Table, Table> table : tables.entrySet()) {
        TableAddition addition = target.addition(table.getValue(), fewFiles);
        additions.add(addition);
        long bytes = table.getKey().property("rocksdb.total-sst-files-size");
        for (KeyGroupRange part : KeyGroupParts.of(range, bytes)) {
          parts.add(new Part(table.getKey(), addition, prefix.bounds(part)));
        }
      }
      List<ParallelParts.Worker<Part>> workers = new ArrayList<>();
      for (int i = ParallelParts.threads(parts.size()); i > 0; i--) {
        EntryBuffers buffers = new EntryBuffers();
        workers.add(part -> copy(part, buffers));
      }
      new ParallelParts<>(parts, this::stop).run("basalt-restore", workers);
      for (TableAddition addition : additions) {
        cancellation.check();
        addition.add();
      }
    } finally {
      cancellation.registry().unregisterCloseable(stopping);
      for (TableAddition addition : additions) {
        addition.close();
      }
    }
  }

  private void copy(Part part, EntryBuffers buffers) throws IOException {
    EntryBytes key = new EntryBytes();
    EntryBytes value = new EntryBytes();
    Bounds bounds = part.bounds();
    try (Cursor cursor = part.from().cursor(bounds.lowerInclusive(), bounds.upperExclusive());
        SortedFiles run = part.to().newRun(buffers)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        if (stopped) {
          throw Cancellation.exception(null);
        }
        cursor.key(key);
        cursor.value(value);
        run.put(key, value);
      }
      run.finish();
    }
  }

  private void stop() {
    stopped = true;
  }
}
