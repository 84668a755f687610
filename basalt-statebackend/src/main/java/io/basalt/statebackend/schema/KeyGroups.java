package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The key groups of a backend, as parts of its tables.
 *
 * @param range those that the backend has
 * @param prefix how keys begin
 */
public record KeyGroups(KeyGroupRange range, KeyGroupPrefix prefix) {

  /** All keys of all of them. */
  Bounds all() {
    return prefix.bounds(range);
  }

  /** As many parts of about as many key groups each, or fewer; in order, together all of them. */
  List<Bounds> parts(int most) {
    int count = Math.min(most, range.getNumberOfKeyGroups());
    List<Bounds> parts = new ArrayList<>();
    long groups = range.getNumberOfKeyGroups();
    for (int part = 0; part < count; part++) {
      int first = range.getStartKeyGroup() + (int) (groups * part / count);
      int behind = range.getStartKeyGroup() + (int) (groups * (part + 1) / count);
      parts.add(prefix.bounds(KeyGroupRange.of(first, behind - 1)));
    }
    return parts;
  }

  /** Takes migrated entries. */
  @FunctionalInterface
  interface Target {
    void put(byte[] key, byte[] value) throws IOException;
  }

  /**
   * Migrates all entries of a cursor.
   *
   * @throws EntryMigrationException if one cannot be read or written
   * @throws CancellationException if no more are wanted
   */
  void migrate(Cursor cursor, EntryMigration migration, MigrationProgress progress, Target target)
      throws IOException {
    int read = 0;
    progress.read(0);
    for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
      byte[] key = cursor.key();
      target.put(key, migrate(key, cursor.value(), migration));
      if (++read == MigrationProgress.ENTRIES_BETWEEN_CALLS) {
        progress.read(read);
        read = 0;
      }
    }
    progress.read(read);
  }

  private byte[] migrate(byte[] key, byte[] value, EntryMigration migration)
      throws EntryMigrationException {
    try {
      return migration.migrate(value);
    } catch (IOException | RuntimeException e) {
      throw new EntryMigrationException(prefix.keyGroup(key), e);
    }
  }
}
