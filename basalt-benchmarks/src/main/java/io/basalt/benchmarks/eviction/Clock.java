package io.basalt.benchmarks.eviction;

/**
 * Second chance (Corbato, 1968): a hand goes round the slots; what has been used since it last came
 * by stays for another round.
 */
final class Clock extends SlotPolicy {

  private final boolean[] used;
  private int hand;

  Clock(int capacity, Evicted evicted) {
    super(capacity, evicted);
    used = new boolean[capacity];
  }

  @Override
  void touched(int slot) {
    // Written only if it changes: a line of memory that is not written need not be written back.
    if (!used[slot]) {
      used[slot] = true;
    }
  }

  @Override
  void admitted(int slot, int key) {
    used[slot] = false;
  }

  @Override
  int victim(int key) {
    while (used[hand]) {
      used[hand] = false;
      advance();
    }
    int victim = hand;
    advance();
    return victim;
  }

  @Override
  void left(int slot) {}

  private void advance() {
    hand = hand + 1 == used.length ? 0 : hand + 1;
  }
}
