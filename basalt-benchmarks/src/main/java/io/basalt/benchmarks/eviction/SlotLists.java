package io.basalt.benchmarks.eviction;

/**
 * Doubly linked lists over the same slots; a slot is in one of them at most. Each list is a ring
 * through a node of its own, which comes after the slots.
 */
final class SlotLists {

  private final int[] newer;
  private final int[] older;
  private final int[] sizes;
  private final int slots;

  SlotLists(int slots, int lists) {
    this.slots = slots;
    newer = new int[slots + lists];
    older = new int[slots + lists];
    sizes = new int[lists];
    for (int node = slots; node < newer.length; node++) {
      newer[node] = node;
      older[node] = node;
    }
  }

  void addNewest(int list, int slot) {
    int node = slots + list;
    int second = older[node];
    older[node] = slot;
    newer[slot] = node;
    older[slot] = second;
    newer[second] = slot;
    sizes[list]++;
  }

  void remove(int list, int slot) {
    newer[older[slot]] = newer[slot];
    older[newer[slot]] = older[slot];
    sizes[list]--;
  }

  void makeNewest(int list, int slot) {
    if (!isNewest(list, slot)) {
      remove(list, slot);
      addNewest(list, slot);
    }
  }

  /** Of a list that is not empty. */
  int oldest(int list) {
    return newer[slots + list];
  }

  /** The one that came after a slot; after the newest comes the oldest again. */
  int nextNewer(int list, int slot) {
    int next = newer[slot];
    return next == slots + list ? newer[next] : next;
  }

  boolean isNewest(int list, int slot) {
    return newer[slot] == slots + list;
  }

  int size(int list) {
    return sizes[list];
  }
}
