package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The timers of a key group in a table, and the changes that the table has yet to get: those are
 * written many at once, in the order of their keys, which RocksDB takes in half the time, and a
 * timer that comes and goes meanwhile is never written. Task thread.
 */
final class BufferedTimers implements TimerStore {

  private static final byte[] NO_VALUE = {};

  /**
   * Beside its key: the head of that, and its place in arrays that are larger than they are full.
   */
  private static final int BYTES_OF_A_CHANGE = 16 + 2 * 25;

  private final Table table;
  private final Bounds bounds;
  private final TimerBuffer buffer;
  private final HighestBelow highest;
  private final SortedKeys changes;

  /** What the changes take. */
  private long bytes;

  /** Whether the buffer knows of these: of a key group that never has changes it need not. */
  private boolean isKnown;

  BufferedTimers(Table table, Bounds bounds, TimerBuffer buffer, HighestBelow highest) {
    this.table = table;
    this.bounds = bounds;
    this.changes = new SortedKeys(bounds.lowerInclusive().length);
    this.buffer = buffer;
    this.highest = highest;
  }

  @Override
  public void add(byte[] key) {
    buffer.makeRoom(this);
    put(key, highest.mayReach(key) ? Change.SET : Change.NEW);
  }

  @Override
  public void addAbsent(byte[] key) {
    buffer.makeRoom(this);
    put(key, Change.NEW);
  }

  private void put(byte[] key, byte added) {
    int place = changes.find(key);
    if (place < 0) {
      insert(-1 - place, key, added);
      highest.added(key);
    } else if (changes.mark(place) == Change.REMOVED) {
      changes.mark(place, Change.SET);
      highest.added(key);
    }
  }

  @Override
  public void remove(byte[] key) {
    buffer.makeRoom(this);
    int place = changes.find(key);
    if (place < 0) {
      insert(-1 - place, key, Change.REMOVED);
    } else if (changes.mark(place) == Change.NEW) {
      forget(place);
    } else {
      changes.mark(place, Change.REMOVED);
    }
  }

  @Override
  public void release(byte[] key) {
    // It is in the table or among the changes.
  }

  /** What the table has yet to get to know of a timer, a {@link Change}. */
  byte changeOf(byte[] key) {
    int place = changes.find(key);
    return place < 0 ? Change.NONE : changes.mark(place);
  }

  /** Somebody else is going to tell the table of a timer, if anybody has to. */
  void forget(byte[] key) {
    int place = changes.find(key);
    if (place >= 0) {
      forget(place);
    }
  }

  private void forget(int place) {
    buffer.grown(-1, -bytesOf(changes.key(place)));
    bytes -= bytesOf(changes.key(place));
    changes.remove(place);
  }

  private void insert(int place, byte[] key, byte change) {
    if (!isKnown) {
      isKnown = true;
      buffer.add(this);
    }
    changes.insert(place, key, change);
    buffer.grown(1, bytesOf(key));
    bytes += bytesOf(key);
  }

  private static long bytesOf(byte[] key) {
    return (long) BYTES_OF_A_CHANGE + key.length;
  }

  @Override
  public List<byte[]> read(byte[] fromInclusive, int most, long mostBytes) {
    List<byte[]> keys = new ArrayList<>();
    boolean areAll;
    try (TimerWalk walk = walk(fromInclusive)) {
      long bytes = 0;
      byte[] key = walk.key();
      for (; key != null && keys.size() < most && bytes <= mostBytes; key = walk.key()) {
        keys.add(key);
        bytes += key.length;
        walk.next();
      }
      areAll = key == null;
    }
    if (areAll) {
      highest.lastIs(keys.isEmpty() ? fromInclusive : keys.get(keys.size() - 1));
    }
    return keys;
  }

  /** All of them from one on, as of now; no change meanwhile. The caller closes it. */
  TimerWalk walk(byte[] fromInclusive) {
    Cursor cursor =
        highest.mayReach(fromInclusive)
            ? table.cursor(fromInclusive, bounds.upperExclusive(), null)
            : null;
    return new TimerWalk(cursor, changes, fromInclusive);
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

  /** What all keys of the key group begin with. */
  byte[] prefix() {
    return bounds.lowerInclusive();
  }

  /** How many changes wait. */
  int size() {
    return changes.size();
  }

  void writeTo(Batch batch) {
    for (int place = 0; place < changes.size(); place++) {
      if (changes.mark(place) == Change.REMOVED) {
        batch.delete(table, changes.key(place));
      } else {
        batch.put(table, changes.key(place), NO_VALUE);
      }
    }
  }

  /** All changes are in the table. */
  void written() {
    buffer.grown(-changes.size(), -bytes);
    bytes = 0;
    changes.clear();
    highest.written();
  }

  /** A part of the changes may be in the table; all of them are still to be written. */
  void mayBeWritten() {
    for (int place = 0; place < changes.size(); place++) {
      if (changes.mark(place) == Change.NEW) {
        changes.mark(place, Change.SET);
      }
    }
    highest.written();
  }
}
