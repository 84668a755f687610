package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import java.io.IOException;
import java.util.concurrent.CancellationException;

/**
 * Migrates the entries of a cursor, one after the other.
 *
 * @param prefix says of which key group an entry is that cannot be migrated
 */
record PartMigration(KeyGroupPrefix prefix, EntryMigration migration, MigrationProgress progress) {

  /** Takes migrated entries. */
  @FunctionalInterface
  interface Target {
    void put(byte[] key, byte[] value) throws IOException;
  }

  /**
   * Migrates all of them.
   *
   * @throws EntryMigrationException if one cannot be read or written
   * @throws CancellationException if no more are wanted
   */
  void run(Cursor cursor, Target target) throws IOException {
    int read = 0;
    progress.read(0);
    for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
      byte[] key = cursor.key();
      target.put(key, migrate(key, cursor.value()));
      if (++read == MigrationProgress.ENTRIES_BETWEEN_CALLS) {
        progress.read(read);
        read = 0;
      }
    }
    progress.read(read);
  }

  private byte[] migrate(byte[] key, byte[] value) throws EntryMigrationException {
    try {
      return migration.migrate(value);
    } catch (IOException | RuntimeException e) {
      throw new EntryMigrationException(prefix.keyGroup(key), e);
    }
  }
}
