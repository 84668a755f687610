package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of a state as they are in its table, without anything above. */
final class TableEntries implements EntryStore {

  private final Database database;
  private final Table table;

  TableEntries(Database database, Table table) {
    this.database = database;
    this.table = table;
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return table.get(key);
  }

  @Override
  public boolean contains(byte[] key) {
    return table.contains(key);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    table.put(key, value);
  }

  @Override
  public void putAll(List<byte[]> keys, List<byte[]> values) {
    try (Batch batch = database.batch()) {
      for (int entry = 0; entry < keys.size(); entry++) {
        batch.put(table, keys.get(entry), values.get(entry));
      }
    }
  }

  @Override
  public void delete(byte[] key) {
    table.delete(key);
  }

  @Override
  public void deleteAll(Bounds bounds, int rangeDeleteEntries) {
    try (EntryCursor cursor = openAt(bounds)) {
      if (!cursor.isValid()) {
        return;
      }
      try (Batch batch = database.batch()) {
        for (int entries = 1; cursor.isValid(); cursor.next(), entries++) {
          if (entries == rangeDeleteEntries && table.takesRangeDeletions()) {
            batch.discard();
            table.deleteRange(bounds.lowerInclusive(), bounds.upperExclusive());
            return;
          }
          batch.delete(table, cursor.key());
        }
      }
    }
  }

  @Override
  public EntryCursor openAt(Bounds bounds) {
    return EntryCursor.of(table.cursor(bounds.lowerInclusive(), bounds.upperExclusive()));
  }
}
