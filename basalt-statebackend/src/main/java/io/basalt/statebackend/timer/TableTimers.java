package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The timers of a key group in a table, where there is no tier above it. Every change is known to
 * the table when its method returns, which may hand it to RocksDB together with others, later.
 */
record TableTimers(Table table, Bounds bounds) implements TimerStore {

  static final byte[] NO_VALUE = {};

  @Override
  public void add(byte[] key) {
    table.putBuffered(key, NO_VALUE);
  }

  @Override
  public void addAbsent(byte[] key) {
    table.putBuffered(key, NO_VALUE);
  }

  @Override
  public void remove(byte[] key) {
    table.deleteBuffered(key);
  }

  @Override
  public void release(byte[] key) {
    // It is in the table.
  }

  @Override
  public List<byte[]> read(byte[] fromInclusive, int most) {
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = table.cursor(fromInclusive, bounds.upperExclusive())) {
      for (cursor.seekToFirst(); keys.size() < most && cursor.isValid(); cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  @Override
  public long count(byte[] fromInclusive) {
    long count = 0;
    try (Cursor cursor = table.cursor(fromInclusive, bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        count++;
      }
    }
    return count;
  }
}
