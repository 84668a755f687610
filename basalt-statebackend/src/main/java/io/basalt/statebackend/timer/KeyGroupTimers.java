package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one key group as the bytes of their keys, in byte order: a table's entries, the
 * first of them also in memory.
 *
 * <pre>
 *   lower bound                       frontier                          upper bound
 *       | nothing | cached ... cached  |  only in the table ...              |
 * </pre>
 *
 * Invariants, outside of a method that runs:
 *
 * <ol>
 *   <li>The cache holds exactly the table's keys below the frontier. So a key below it is known to
 *       be there or not without a read, and a key at or above it is written blindly, unless it is
 *       among the {@link KnownTimers}.
 *   <li>The cache is empty only if the key group is: whatever would empty it first reads on from
 *       the frontier. So the head is always at hand.
 * </ol>
 *
 * Reading on starts at the frontier and never at the lower bound, where the tombstones of every
 * timer that has fired lie before the first live one until a compaction takes them away.
 *
 * <p>Every change is known to the table when its method returns (which may hand it to RocksDB
 * together with others, later); it reaches the table first, so that a failed write leaves the cache
 * right. Task thread only.
 */
final class KeyGroupTimers {

  private static final byte[] NO_VALUE = {};

  private final Table table;
  private final Bounds bounds;
  private final int cacheSize;
  private final KnownTimers known;
  private final TreeSet<byte[]> cache = new TreeSet<>(Arrays::compareUnsigned);
  private byte[] frontier;

  private KeyGroupTimers(
      Table table, Bounds bounds, int cacheSize, KnownTimers known, byte[] frontier) {
    this.table = table;
    this.bounds = bounds;
    this.cacheSize = cacheSize;
    this.known = known;
    this.frontier = frontier;
  }

  /** For a table that holds no timer of the key group. */
  static KeyGroupTimers empty(Table table, Bounds bounds, int cacheSize, KnownTimers known) {
    return new KeyGroupTimers(table, bounds, cacheSize, known, bounds.upperExclusive());
  }

  /** For a table that may hold timers of the key group already. */
  static KeyGroupTimers read(Table table, Bounds bounds, int cacheSize, KnownTimers known) {
    KeyGroupTimers timers =
        new KeyGroupTimers(table, bounds, cacheSize, known, bounds.lowerInclusive());
    timers.readOn();
    return timers;
  }

  /** What every key of the key group starts with. */
  byte[] prefix() {
    return bounds.lowerInclusive();
  }

  /** The first key, or null if there is none. */
  byte @Nullable [] head() {
    return cache.isEmpty() ? null : cache.first();
  }

  /** Puts the key in unless it is there; true if it is the head now and was not before. */
  boolean add(byte[] key) {
    if (isBeyondFrontier(key)) {
      if (!known.contain(key)) {
        table.putBuffered(key, NO_VALUE);
        // Only now, when it can no longer fail.
        known.note(key);
      }
      return false;
    }
    if (cache.contains(key)) {
      return false;
    }
    table.putBuffered(key, NO_VALUE);
    cache.add(key);
    boolean isHead = cache.first() == key;
    if (cache.size() > cacheSize) {
      frontier = cache.last();
      cache.pollLast();
    }
    return isHead;
  }

  /** Takes the key out if it is there; true if it was the head. */
  boolean remove(byte[] key) {
    // Wherever it is now: the frontier may have passed it since.
    known.forget(key);
    if (isBeyondFrontier(key)) {
      table.deleteBuffered(key);
      return false;
    }
    if (!cache.contains(key)) {
      return false;
    }
    boolean wasHead = Arrays.equals(cache.first(), key);
    if (cache.size() == 1) {
      // While nothing has changed yet: it may fail.
      readOn();
    }
    table.deleteBuffered(key);
    cache.remove(key);
    return wasHead;
  }

  /** How many there are; reads those that are not cached. */
  long count() {
    long count = cache.size();
    if (!isCachedCompletely()) {
      try (Cursor cursor = table.cursor(frontier, bounds.upperExclusive())) {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          count++;
        }
      }
    }
    return count;
  }

  /**
   * Bounds that hold every key of now and do not reach back over those that were taken from the
   * head, or null if there is no key.
   */
  @Nullable Bounds occupied() {
    return cache.isEmpty() ? null : new Bounds(cache.first(), bounds.upperExclusive());
  }

  private void readOn() {
    if (isCachedCompletely()) {
      return;
    }
    List<byte[]> keys = new ArrayList<>();
    byte[] end = bounds.upperExclusive();
    try (Cursor cursor = table.cursor(frontier, bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        byte[] key = cursor.key();
        if (keys.size() == cacheSize) {
          end = key;
          break;
        }
        keys.add(key);
      }
    }
    // Only now, when the walk can no longer fail.
    cache.addAll(keys);
    frontier = end;
  }

  private boolean isBeyondFrontier(byte[] key) {
    return Arrays.compareUnsigned(key, frontier) >= 0;
  }

  private boolean isCachedCompletely() {
    return frontier == bounds.upperExclusive();
  }
}
