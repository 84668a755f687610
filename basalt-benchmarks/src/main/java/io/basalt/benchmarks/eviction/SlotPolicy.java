package io.basalt.benchmarks.eviction;

/** What the policies have in common that number their entries: a hash table and free slots. */
abstract class SlotPolicy implements Policy {

  private final Evicted evicted;
  private final KeyIndex index;
  private final int[] keys;
  private final int[] free;
  private int freeCount;

  SlotPolicy(int capacity, Evicted evicted) {
    if (capacity < 1) {
      throw new IllegalArgumentException("A cache of " + capacity + " entries");
    }
    this.evicted = evicted;
    index = new KeyIndex(capacity);
    keys = new int[capacity];
    free = new int[capacity];
    for (int slot = capacity - 1; slot >= 0; slot--) {
      free[freeCount++] = slot;
    }
  }

  /** An entry has been found. */
  abstract void touched(int slot);

  /** An entry is to be taken in. There is room for it. */
  abstract void admitted(int slot, int key);

  /** Which entry goes, as the cache is full and a key is to be taken in. */
  abstract int victim(int key);

  /** An entry goes, as a victim or for another reason. */
  abstract void left(int slot);

  final int capacity() {
    return keys.length;
  }

  final int keyOf(int slot) {
    return keys[slot];
  }

  @Override
  public final boolean access(int key) {
    int slot = index.slotOf(key);
    if (slot != KeyIndex.NONE) {
      touched(slot);
      return true;
    }
    if (freeCount == 0) {
      int victim = victim(key);
      int gone = keys[victim];
      release(victim, gone);
      evicted.evicted(gone);
    }
    int taken = free[--freeCount];
    keys[taken] = key;
    index.add(key, taken);
    admitted(taken, key);
    return false;
  }

  @Override
  public final void remove(int key) {
    int slot = index.slotOf(key);
    if (slot != KeyIndex.NONE) {
      release(slot, key);
    }
  }

  private void release(int slot, int key) {
    left(slot);
    index.remove(key);
    free[freeCount++] = slot;
  }

  @Override
  public final boolean contains(int key) {
    return index.slotOf(key) != KeyIndex.NONE;
  }

  @Override
  public final int size() {
    return keys.length - freeCount;
  }
}
