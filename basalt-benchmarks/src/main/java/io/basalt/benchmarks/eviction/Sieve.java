package io.basalt.benchmarks.eviction;

/**
 * SIEVE (Zhang and others, NSDI 2024): as CLOCK, but what stays keeps its place in the queue, and
 * what is new comes behind the hand's way at its end; so the hand meets new entries soon.
 */
final class Sieve extends SlotPolicy {

  private static final int NOWHERE = -1;

  private final SlotLists queue;
  private final boolean[] used;
  private int hand = NOWHERE;

  Sieve(int capacity, Evicted evicted) {
    super(capacity, evicted);
    queue = new SlotLists(capacity, 1);
    used = new boolean[capacity];
  }

  @Override
  void touched(int slot) {
    if (!used[slot]) {
      used[slot] = true;
    }
  }

  @Override
  void admitted(int slot, int key) {
    used[slot] = false;
    queue.addNewest(0, slot);
  }

  @Override
  int victim(int key) {
    if (hand == NOWHERE) {
      hand = queue.oldest(0);
    }
    while (used[hand]) {
      used[hand] = false;
      hand = queue.nextNewer(0, hand);
    }
    return hand;
  }

  @Override
  void left(int slot) {
    if (slot == hand) {
      // Behind the newest it begins at the oldest, which is not known before the next victim: what
      // comes in meanwhile is newer still, and the hand must not have passed it.
      hand = queue.isNewest(0, slot) ? NOWHERE : queue.nextNewer(0, slot);
    }
    queue.remove(0, slot);
  }
}
