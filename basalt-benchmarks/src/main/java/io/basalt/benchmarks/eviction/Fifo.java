package io.basalt.benchmarks.eviction;

/** What came first goes first; a hit changes nothing. What the others have to beat. */
final class Fifo extends SlotPolicy {

  private final SlotLists list;

  Fifo(int capacity, Evicted evicted) {
    super(capacity, evicted);
    list = new SlotLists(capacity, 1);
  }

  @Override
  void touched(int slot) {}

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
