package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Table;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists of one state that are kept in the tier, each as a whole. An append to a list of which
 * nothing is known reads it first, as long as most appends are to lists that are known; a long list
 * is appended to in its table, for with it a few more elements would be written as often as they
 * come.
 */
final class HotLists {

  /** Longer ones are not appended to in the tier. */
  private static final int MOST_BYTES = 4 << 10;

  /** How sure it can become that lists are known when they are appended to. */
  private static final int MOST_TRUST = 256;

  /** What an append to an unknown list takes from that: it read what need not have been read. */
  private static final int UNKNOWN_COSTS = 2;

  private static final int LONG_COSTS = 64;

  /** Of the appends to unknown lists one in so many is read to see whether it pays by now. */
  private static final int TRIAL = 64;

  private final HotTable hot;
  private final Table table;
  private int trust = MOST_TRUST;
  private int untilTrial = TRIAL;

  HotLists(HotTable hot, Table table) {
    this.hot = hot;
    this.table = table;
  }

  /** The bytes of a list, or null if there is none. */
  byte @Nullable [] get(byte[] entryKey) {
    StoredBytes key = new StoredBytes(entryKey);
    Object stored = hot.get(key, null);
    if (stored == null) {
      stored = read(key);
    }
    return stored == HotTable.ABSENT ? null : ((ListBytes) stored).toArray();
  }

  private Object read(StoredBytes key) {
    long version = hot.version();
    byte[] found = table.get(key.bytes());
    if (found == null) {
      hot.offer(key, null, 0, key.heapBytes(), HotTable.ABSENT, 0, version);
      return HotTable.ABSENT;
    }
    ListBytes list = ListBytes.of(found);
    hot.offer(key, null, 0, key.heapBytes(), list, list.heapBytes(), version);
    return list;
  }

  void put(byte[] entryKey, byte[] bytes) {
    put(new StoredBytes(entryKey), ListBytes.of(bytes));
  }

  private void put(StoredBytes key, ListBytes list) {
    hot.put(key, null, 0, key.heapBytes(), list, list.heapBytes());
  }

  void remove(byte[] entryKey) {
    StoredBytes key = new StoredBytes(entryKey);
    hot.remove(key, null, 0, key.heapBytes());
  }

  /**
   * Appends to a list.
   *
   * @return whether it has been done; if not it is to be done in the table, which has all of the
   *     list then
   */
  boolean append(byte[] entryKey, byte[] operand) {
    StoredBytes key = new StoredBytes(entryKey);
    Object stored = ofShort(key, operand.length);
    if (stored == null) {
      return false;
    }
    put(
        key,
        stored == HotTable.ABSENT ? ListBytes.of(operand) : ((ListBytes) stored).append(operand));
    return true;
  }

  /** Whether such an append is one to the tier; if not the table has all of the list. */
  boolean takes(byte[] entryKey, int appendedBytes) {
    return ofShort(new StoredBytes(entryKey), appendedBytes) != null;
  }

  /** The list to append to, or that it is absent, or null if that is not for the tier. */
  private @Nullable Object ofShort(StoredBytes key, int appendedBytes) {
    Object stored = hot.get(key, null);
    if (stored != null) {
      trust = Math.min(MOST_TRUST, trust + 1);
    } else if (isWorthReading()) {
      stored = read(key);
      trust = Math.max(0, trust - UNKNOWN_COSTS);
    }
    if (stored instanceof ListBytes list && (long) list.length() + appendedBytes >= MOST_BYTES) {
      trust = Math.max(0, trust - LONG_COSTS);
      hot.writeDownAndForget(key, null);
      return null;
    }
    return stored;
  }

  private boolean isWorthReading() {
    if (trust > 0) {
      return true;
    }
    untilTrial--;
    if (untilTrial > 0) {
      return false;
    }
    untilTrial = TRIAL;
    return true;
  }

  /**
   * Writes lists of the tier into the table.
   *
   * @param batch what is open at the time
   */
  EntryWriter writer(Supplier<Batch> batch) {
    return new EntryWriter() {
      @Override
      public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
        batch.get().put(table, ((StoredBytes) key).bytes(), ((ListBytes) value).toArray());
      }

      @Override
      public void remove(Object key, @Nullable Object namespace, int keyGroup) {
        batch.get().delete(table, ((StoredBytes) key).bytes());
      }
    };
  }
}
