package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.StateMigrationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites all entries of a table in place, in batches.
 *
 * <p>Not atomic: a table whose migration fails or is cancelled holds entries of both schemas. It is
 * for the caller to let nobody read or snapshot it afterwards.
 */
final class TableMigration {

  private static final Logger LOG = LoggerFactory.getLogger(TableMigration.class);

  /** Often enough for a cancellation to be noticed at once, too seldom to cost anything. */
  private static final int ENTRIES_BETWEEN_CHECKS = 256;

  /** Every key starts with its key group, whose first byte is at most 0x7F. */
  private static final Bounds ALL_KEYS = new Bounds(new byte[] {0}, new byte[] {(byte) 0x80});

  private final Database database;
  private final CloseableRegistry cancellation;

  TableMigration(Database database, CloseableRegistry cancellation) {
    this.database = database;
    this.cancellation = cancellation;
  }

  /**
   * Rewrites the table.
   *
   * @throws StateMigrationException naming the state, if an entry cannot be read or written
   * @throws CancellationException if the task is cancelled or its thread interrupted
   */
  void run(Table table, EntryMigration migration) throws StateMigrationException {
    LOG.info("Migrating the entries of state '{}' to its new serializer.", table.name());
    long entries = 0;
    // The cursor sees the table as it is now, so it does not meet what the batch writes behind it.
    try (Cursor cursor = table.cursor(ALL_KEYS.lowerInclusive(), ALL_KEYS.upperExclusive());
        Batch batch = database.batch()) {
      try {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          if (entries++ % ENTRIES_BETWEEN_CHECKS == 0) {
            checkRunning(table);
          }
          batch.put(table, cursor.key(), migration.migrate(cursor.value()));
        }
      } catch (IOException | RuntimeException | Error e) {
        batch.discard();
        throw e;
      }
    } catch (CancellationException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new StateMigrationException(
          "Could not migrate the entries of state '"
              + table.name()
              + "' to its new serializer; "
              + entries
              + " had been read. The snapshot the job was restored from is not affected.",
          e);
    }
    LOG.info("Migrated {} entries of state '{}'.", entries, table.name());
  }

  private void checkRunning(Table table) {
    if (cancellation.isClosed() || Thread.currentThread().isInterrupted()) {
      throw new CancellationException(
          "The migration of state '" + table.name() + "' was cancelled.");
    }
  }
}
