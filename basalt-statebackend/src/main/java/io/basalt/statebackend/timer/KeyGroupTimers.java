package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one key group as the bytes of their keys, in byte order: those of a {@link
 * TimerStore}, the first of them also at hand.
 *
 * <pre>
 *   lower bound                       frontier                          upper bound
 *       | nothing | cached ... cached  |  only in the store ...              |
 * </pre>
 *
 * Invariants, outside of a method that runs:
 *
 * <ol>
 *   <li>The cache holds exactly the store's keys below the frontier. So a key below it is known to
 *       be there or not without a read, and a key at or above it is added blindly.
 *   <li>The cache is empty only if the key group is: whatever would empty it first reads on from
 *       the frontier. So the head is always at hand.
 * </ol>
 *
 * Reading on starts at the frontier and never at the lower bound, where the tombstones of every
 * timer that has fired lie before the first live one until a compaction takes them away.
 *
 * <p>Every change reaches the store first, so that a failed one leaves the cache right. Task thread
 * only.
 */
final class KeyGroupTimers {

  /** At hand, unless there is but one: keys may be long. */
  private static final long MOST_BYTES = 1 << 16;

  private final TimerStore store;
  private final Bounds bounds;
  private final int cacheSize;
  private final SortedKeys cache;

  /** What the cached keys take. */
  private long cacheBytes;

  private byte[] frontier;

  private KeyGroupTimers(TimerStore store, Bounds bounds, int cacheSize, byte[] frontier) {
    this.store = store;
    this.bounds = bounds;
    this.cacheSize = cacheSize;
    this.cache = new SortedKeys(bounds.lowerInclusive().length);
    this.frontier = frontier;
  }

  /** For a store that holds no timer. */
  static KeyGroupTimers empty(TimerStore store, Bounds bounds, int cacheSize) {
    return new KeyGroupTimers(store, bounds, cacheSize, bounds.upperExclusive());
  }

  /** For a store that may hold timers already. */
  static KeyGroupTimers read(TimerStore store, Bounds bounds, int cacheSize) {
    KeyGroupTimers timers = new KeyGroupTimers(store, bounds, cacheSize, bounds.lowerInclusive());
    timers.readOn();
    return timers;
  }

  /** What every key of the key group starts with. */
  byte[] prefix() {
    return bounds.lowerInclusive();
  }

  /** The first key, or null if there is none. */
  byte @Nullable [] head() {
    return cache.isEmpty() ? null : cache.key(0);
  }

  /** Puts the key in unless it is there; true if it is the head now and was not before. */
  boolean add(byte[] key) {
    if (isBeyondFrontier(key)) {
      store.add(key);
      return false;
    }
    int place = cache.find(key);
    if (place >= 0) {
      return false;
    }
    place = -1 - place;
    store.addAbsent(key);
    insert(place, key);
    boolean isHead = place == 0;
    if (cache.size() > cacheSize || (cacheBytes > MOST_BYTES && cache.size() > 1)) {
      // More than one too many are there after a removal that failed once more had been read.
      int last = cache.size() - 1;
      frontier = cache.key(last);
      take(last);
      store.release(frontier);
    }
    return isHead;
  }

  /** Takes the key out if it is there; true if it was the head. */
  boolean remove(byte[] key) {
    if (isBeyondFrontier(key)) {
      store.remove(key);
      return false;
    }
    int place = cache.find(key);
    if (place > 0) {
      store.remove(key);
      take(place);
    } else if (place == 0) {
      removeHead();
    }
    return place == 0;
  }

  /** Takes the first key out, which there must be. */
  void removeHead() {
    if (cache.size() == 1) {
      // While nothing has changed yet: it may fail.
      readOn();
    }
    store.remove(cache.key(0));
    take(0);
  }

  /** How many there are; reads those that are not cached. */
  long count() {
    return cache.size() + (isCachedCompletely() ? 0 : store.count(frontier));
  }

  /**
   * Bounds that hold every key of now and do not reach back over those that were taken from the
   * head, or null if there is no key.
   */
  @Nullable Bounds occupied() {
    return cache.isEmpty() ? null : new Bounds(cache.key(0), bounds.upperExclusive());
  }

  private void readOn() {
    if (isCachedCompletely()) {
      return;
    }
    // The largest number says that all are to be at hand.
    List<byte[]> keys =
        store.read(frontier, (int) Math.min(Integer.MAX_VALUE, cacheSize + 1L), MOST_BYTES);
    frontier = bounds.upperExclusive();
    for (int place = 0; place < keys.size(); place++) {
      byte[] key = keys.get(place);
      if (place == cacheSize || (place > 0 && cacheBytes > MOST_BYTES - key.length)) {
        keys.subList(place, keys.size()).forEach(store::release);
        frontier = key;
        return;
      }
      insert(cache.size(), key);
      if (key.length > MOST_BYTES) {
        // Nothing behind it has been looked at.
        frontier = Arrays.copyOf(key, key.length + 1);
      }
    }
  }

  private void insert(int place, byte[] key) {
    cache.insert(place, key);
    cacheBytes += key.length;
  }

  private void take(int place) {
    cacheBytes -= cache.key(place).length;
    cache.remove(place);
  }

  private boolean isBeyondFrontier(byte[] key) {
    return Arrays.compareUnsigned(key, frontier) >= 0;
  }

  private boolean isCachedCompletely() {
    return frontier == bounds.upperExclusive();
  }
}
