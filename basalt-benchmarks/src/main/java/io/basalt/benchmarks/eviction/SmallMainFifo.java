package io.basalt.benchmarks.eviction;

/**
 * S3-FIFO (Yang and others, SOSP 2023): a new entry waits in a small queue of a tenth of the cache.
 * What is used twice there goes on to the main queue, in which it goes round as long as it is used;
 * the rest is evicted, but its key is remembered, and if it comes again, it goes to the main queue
 * at once.
 */
final class SmallMainFifo extends SlotPolicy {

  private static final int SMALL = 0;
  private static final int MAIN = 1;
  private static final int MOST_USES = 3;
  private static final int USES_FOR_MAIN = 2;

  private final SlotLists queues;
  private final byte[] uses;
  private final boolean[] isMain;
  private final GhostQueue ghosts;
  private final int smallTarget;

  SmallMainFifo(int capacity, Evicted evicted) {
    super(capacity, evicted);
    queues = new SlotLists(capacity, 2);
    uses = new byte[capacity];
    isMain = new boolean[capacity];
    smallTarget = Math.max(1, capacity / 10);
    ghosts = new GhostQueue(Math.max(1, capacity - smallTarget));
  }

  @Override
  void touched(int slot) {
    if (uses[slot] < MOST_USES) {
      uses[slot]++;
    }
  }

  @Override
  void admitted(int slot, int key) {
    uses[slot] = 0;
    isMain[slot] = ghosts.take(key);
    queues.addNewest(isMain[slot] ? MAIN : SMALL, slot);
  }

  @Override
  int victim(int key) {
    if (queues.size(SMALL) >= smallTarget || queues.size(MAIN) == 0) {
      while (queues.size(SMALL) > 0) {
        int slot = queues.oldest(SMALL);
        if (uses[slot] < USES_FOR_MAIN) {
          ghosts.add(keyOf(slot));
          return slot;
        }
        queues.remove(SMALL, slot);
        uses[slot] = 0;
        isMain[slot] = true;
        queues.addNewest(MAIN, slot);
      }
    }
    int slot = queues.oldest(MAIN);
    while (uses[slot] > 0) {
      uses[slot]--;
      queues.makeNewest(MAIN, slot);
      slot = queues.oldest(MAIN);
    }
    return slot;
  }

  @Override
  void left(int slot) {
    queues.remove(isMain[slot] ? MAIN : SMALL, slot);
  }
}
