package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.hot.Trust;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Table;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lists of one state that are kept in the tier, each as a whole. An append to a list of which
 * nothing is known reads it first, as long as most appends are to lists that are known; a long list
 * is appended to in its table, for with it a few more elements would be written as often as they
 * come; unless a change of it waits for a checkpoint, see {@link #staysForNow}.
 */
final class HotLists {

  /** Longer ones are not appended to in the tier, nor those that may be about to be too long. */
  private static final int MOST_BYTES = 4 << 10;

  /** What an append to an unknown list takes from the trust: it read what need not have been. */
  private static final int UNKNOWN_COSTS = 2;

  private static final int LONG_COSTS = 256;

  /**
   * Longer ones that are read are not kept: a reader has a copy of his own. Nor are they appended
   * to while a checkpoint is written: for each list so much may be written once more with the next.
   */
  private static final int MOST_KEPT_BYTES = 64 << 10;

  private final HotTable hot;
  private final Table table;
  private final KeyGroupPrefix prefix;
  private final ListSizes sizes;
  private final int mostBytes;
  private final int mostWaitingBytes;
  private final Trust reading;
  private final byte[] buffer = new byte[MOST_BYTES];

  HotLists(HotTable hot, Table table, KeyGroupPrefix prefix, ListSizes sizes, long maximumBytes) {
    this.sizes = sizes;
    this.reading = hot.newTrust();
    this.mostBytes = (int) Math.min(MOST_BYTES, maximumBytes);
    this.mostWaitingBytes = (int) Math.min(MOST_KEPT_BYTES, maximumBytes);
    this.hot = hot;
    this.table = table;
    this.prefix = prefix;
  }

  /** A list, to be read before it is written to, or null if there is none. */
  @Nullable ListBytes get(byte[] entryKey) {
    StoredBytes key = new StoredBytes(entryKey);
    Object stored = hot.get(key, null);
    if (stored == null) {
      return read(key);
    }
    return stored == HotTable.ABSENT ? null : (ListBytes) stored;
  }

  private @Nullable ListBytes read(StoredBytes key) {
    long version = hot.version();
    byte[] found = table.get(key.bytes());
    if (found == null) {
      hot.offer(key, null, keyGroup(key), key.heapBytes(), HotTable.ABSENT, 0, version);
      return null;
    }
    ListBytes list = ListBytes.of(found);
    if (found.length <= MOST_KEPT_BYTES) {
      hot.offer(key, null, keyGroup(key), key.heapBytes(), list, list.heapBytes(), version);
    }
    return list;
  }

  void put(byte[] entryKey, byte[] bytes) {
    StoredBytes key = new StoredBytes(entryKey);
    if (hot.changeable(key, null) instanceof ListBytes list && list.become(bytes)) {
      return;
    }
    put(key, ListBytes.of(bytes));
  }

  private void put(StoredBytes key, ListBytes list) {
    if (hot.isPassedBy(key, null)) {
      table.putBuffered(key.bytes(), list.toArray());
      hot.passedBy();
      return;
    }
    hot.put(key, null, keyGroup(key), key.heapBytes(), list, list.heapBytes());
  }

  void remove(byte[] entryKey) {
    StoredBytes key = new StoredBytes(entryKey);
    if (hot.isPassedBy(key, null)) {
      table.deleteBuffered(entryKey);
      hot.passedBy();
      return;
    }
    hot.remove(key, null, keyGroup(key), key.heapBytes());
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
    if (stored == null) {
      // To read it must not take longer than to append to it can: it may wait for a checkpoint.
      return reading.isThere() && !table.holdsWrites() ? readShort(key, appendedBytes) : null;
    }
    reading.add(1);
    int length = stored instanceof ListBytes list ? list.length() : 0;
    if (length < mostBytes - appendedBytes || staysForNow(key, (long) length + appendedBytes)) {
      return stored;
    }
    reading.take(LONG_COSTS);
    hot.writeDownAndForget(key, null);
    sizes.note(key.bytes(), length);
    return null;
  }

  /**
   * Whether a long list would have to be written before it is appended to in the table, and all
   * that waits for a checkpoint before that. Then it is appended to here, where nothing is copied
   * but for a buffer that is full, until an append finds that nothing waits.
   */
  private boolean staysForNow(StoredBytes key, long length) {
    return length < mostWaitingBytes && !hot.forgetWritten(key, null) && hot.waitsForEpoch();
  }

  /**
   * The same of a list of which nothing is known. Of a long one hardly more than its length is
   * read.
   */
  private @Nullable Object readShort(StoredBytes key, int appendedBytes) {
    long version = hot.version();
    int length = table.read(key.bytes(), buffer);
    if (length >= mostBytes - appendedBytes) {
      reading.take(LONG_COSTS);
      sizes.note(key.bytes(), length);
      return null;
    }
    reading.take(UNKNOWN_COSTS);
    if (length == Table.ABSENT) {
      hot.offer(key, null, keyGroup(key), key.heapBytes(), HotTable.ABSENT, 0, version);
      return HotTable.ABSENT;
    }
    ListBytes list = ListBytes.of(Arrays.copyOf(buffer, length));
    hot.offer(key, null, keyGroup(key), key.heapBytes(), list, list.heapBytes(), version);
    return list;
  }

  private int keyGroup(StoredBytes key) {
    return prefix.keyGroup(key.bytes());
  }

  /**
   * Writes lists of the tier into the table.
   *
   * @param writes into the table
   */
  EntryWriter writer(SortedWrites writes) {
    return new EntryWriter() {
      @Override
      public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
        writes.put(table, ((StoredBytes) key).bytes(), ((ListBytes) value).toArray());
      }

      @Override
      public void remove(Object key, @Nullable Object namespace, int keyGroup) {
        writes.delete(table, ((StoredBytes) key).bytes());
      }
    };
  }
}
