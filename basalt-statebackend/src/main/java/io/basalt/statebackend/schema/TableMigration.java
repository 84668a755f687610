package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableRewrite;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.StateMigrationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites all entries of a table: into sorted files that then take the table's place, by several
 * threads over parts of the key groups, in bounded memory. Until the end the table is what it was.
 *
 * <p>While a savepoint of before is being written (a job may register a state late), entries are
 * rewritten in place instead, one by one: the savepoint goes on seeing the old ones. That is not
 * atomic: it is for the caller to let nobody read or snapshot a table whose migration failed.
 */
final class TableMigration {

  private static final Logger LOG = LoggerFactory.getLogger(TableMigration.class);

  private final Database database;
  private final KeyGroups keyGroups;
  private final CloseableRegistry cancellation;

  TableMigration(Database database, KeyGroups keyGroups, CloseableRegistry cancellation) {
    this.database = database;
    this.keyGroups = keyGroups;
    this.cancellation = cancellation;
  }

  /** Makes the rewriting of single entries, for each thread its own. Called on the task thread. */
  @FunctionalInterface
  interface Migrations {
    EntryMigration create();
  }

  /**
   * Rewrites the table.
   *
   * @throws StateMigrationException naming the state and the key group, if an entry cannot be read
   *     or written
   * @throws CancellationException if the task is cancelled or its thread interrupted
   */
  void run(Table table, Migrations migrations) throws StateMigrationException {
    MigrationProgress progress = new MigrationProgress(table, cancellation);
    // What is written now may have no times, or others than compactions have been told of.
    table.expire(null);
    try (TableRewrite rewrite = database.rewrite(table)) {
      progress.begin();
      if (rewrite == null) {
        inPlace(table, migrations.create(), progress);
      } else {
        new ParallelRewrite(table, rewrite, keyGroups, progress).run(migrations);
        rewrite.replace();
      }
    } catch (CancellationException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw progress.cancelled();
    } catch (IOException | RuntimeException e) {
      throw new StateMigrationException(
          "Could not migrate the entries of state '"
              + table.name()
              + "' to its new serializer; "
              + progress.entries()
              + " had been read"
              + (e instanceof EntryMigrationException ? ", the next is " + e.getMessage() : "")
              + ". The snapshot the job was restored from is not affected.",
          e);
    } finally {
      progress.end();
    }
    LOG.info("Migrated {} entries of state '{}'.", progress.entries(), table.name());
  }

  private void inPlace(Table table, EntryMigration migration, MigrationProgress progress)
      throws IOException {
    Bounds all = keyGroups.all();
    // The cursor sees the table as it is now, so it does not meet what the batch writes behind it.
    try (Cursor cursor = table.cursor(all.lowerInclusive(), all.upperExclusive());
        Batch batch = database.batch()) {
      try {
        new PartMigration(keyGroups.prefix(), migration, progress)
            .run(
                cursor,
                (key, value, length) -> batch.put(table, key.copy(), Arrays.copyOf(value, length)));
      } catch (IOException | RuntimeException | Error e) {
        batch.discard();
        throw e;
      }
    }
  }
}
