package io.basalt.benchmarks.eviction;

/** What was used least recently goes. */
final class Lru extends SlotPolicy {

  private final SlotLists list;

  Lru(int capacity, Evicted evicted) {
    super(capacity, evicted);
    list = new SlotLists(capacity, 1);
  }

  @Override
  void touched(int slot) {
    list.makeNewest(0, slot);
  }

  @Override
  void admitted(int slot, int key) {
    list.addNewest(0, slot);
  }

  @Override
  int victim(int key) {
    return list.oldest(0);
  }

  @Override
  void left(int slot) {
    list.remove(0, slot);
  }
}
