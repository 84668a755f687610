package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.EntryBytes;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Migrates the entries of a cursor, one after the other.
 *
 * @param prefix says of which key group an entry is that cannot be migrated
 */
record PartMigration(KeyGroupPrefix prefix, EntryMigration migration, MigrationProgress progress) {

  /** Takes migrated entries. */
  @FunctionalInterface
  interface Target {
    /** Of the array the first bytes are the value, until this returns. */
    void put(EntryBytes key, byte[] value, int valueBytes) throws IOException;
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
    EntryBytes key = new EntryBytes();
    EntryBytes value = new EntryBytes();
    for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
      cursor.key(key);
      cursor.value(value);
      DataOutputSerializer migrated = migrate(key, value);
      target.put(key, migrated.getSharedBuffer(), migrated.length());
      if (++read == MigrationProgress.ENTRIES_BETWEEN_CALLS) {
        progress.read(read);
        read = 0;
      }
    }
    progress.read(read);
  }

  private DataOutputSerializer migrate(EntryBytes key, EntryBytes value)
      throws EntryMigrationException {
    try {
      return migration.migrate(value.array(), value.offset(), value.length());
    } catch (IOException | RuntimeException e) {
      throw new EntryMigrationException(prefix.keyGroup(key.copy()), e);
    }
  }
}
