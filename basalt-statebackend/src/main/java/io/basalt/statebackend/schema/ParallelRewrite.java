package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.ParallelParts;
import io.basalt.statebackend.store.SortedFiles;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableRewrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the files of a rewrite: threads, each with its own serializers, take one part of the key
 * groups after the other. Ends with all of its threads, however it ends.
 */
final class ParallelRewrite {

  /** Parts that are done early leave others for whoever is free. */
  private static final int MOST_PARTS = 16;

  /** Each part is a file at least: small states are to have few. */
  private static final long LEAST_BYTES_OF_A_PART = 1 << 20;

  private final Table table;
  private final TableRewrite rewrite;
  private final KeyGroups keyGroups;
  private final MigrationProgress progress;
  private final List<Bounds> parts;

  ParallelRewrite(
      Table table, TableRewrite rewrite, KeyGroups keyGroups, MigrationProgress progress) {
    this.table = table;
    this.rewrite = rewrite;
    this.keyGroups = keyGroups;
    this.progress = progress;
    long worth = table.property("rocksdb.total-sst-files-size") / LEAST_BYTES_OF_A_PART + 1;
    this.parts = keyGroups.parts((int) Math.min(MOST_PARTS, worth));
  }

  void run(TableMigration.Migrations migrations) throws IOException, InterruptedException {
    List<ParallelParts.Worker<Bounds>> workers = new ArrayList<>();
    for (int i = ParallelParts.threads(parts.size()); i > 0; i--) {
      EntryMigration migration = migrations.create();
      EntryBuffers buffers = new EntryBuffers();
      workers.add(part -> rewrite(part, migration, buffers));
    }
    new ParallelParts<>(parts, progress::close).run("basalt-migration", workers);
  }

  private void rewrite(Bounds part, EntryMigration migration, EntryBuffers buffers)
      throws IOException {
    try (Cursor cursor = table.cursor(part.lowerInclusive(), part.upperExclusive());
        SortedFiles run = rewrite.newRun(buffers)) {
      new PartMigration(keyGroups.prefix(), migration, progress).run(cursor, run::put);
      run.finish();
    }
  }
}
