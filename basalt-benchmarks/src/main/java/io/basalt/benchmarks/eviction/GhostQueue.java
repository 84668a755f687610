package io.basalt.benchmarks.eviction;

import java.util.Arrays;

/** The keys that were evicted last, without their entries. */
final class GhostQueue {

  private static final int NOBODY = -1;

  private final KeyIndex index;
  private final int[] ring;
  private int next;

  GhostQueue(int capacity) {
    index = new KeyIndex(capacity);
    ring = new int[capacity];
    Arrays.fill(ring, NOBODY);
  }

  /** Adds a key that is not there; the oldest goes for it. */
  void add(int key) {
    if (ring[next] != NOBODY) {
      index.remove(ring[next]);
    }
    ring[next] = key;
    index.add(key, next);
    next = next + 1 == ring.length ? 0 : next + 1;
  }

  /** Whether a key is there; it is not afterwards. */
  boolean take(int key) {
    int place = index.slotOf(key);
    if (place == KeyIndex.NONE) {
      return false;
    }
    index.remove(key);
    ring[place] = NOBODY;
    return true;
  }
}
