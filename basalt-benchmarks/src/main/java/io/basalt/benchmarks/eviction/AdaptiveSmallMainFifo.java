package io.basalt.benchmarks.eviction;

/**
 * The order of eviction of Basalt's tier of live entries: two queues as in {@link SmallMainFifo},
 * of which the small one is as long as {@link ProbationTarget} says. One use is enough to go on to
 * the main queue. What was evicted is remembered for half as many keys as there are entries; one of
 * them that comes again goes to the main queue at once.
 */
final class AdaptiveSmallMainFifo extends SlotPolicy {

  private static final int SMALL = Fingerprints.FROM_PROBATION;
  private static final int MAIN = Fingerprints.FROM_MAIN;
  private static final int MOST_USES = 3;

  private final SlotLists queues;
  private final byte[] uses;
  private final byte[] queueOf;
  private final Fingerprints ghosts;
  private final ProbationTarget target;

  AdaptiveSmallMainFifo(int capacity, Evicted evicted) {
    super(capacity, evicted);
    queues = new SlotLists(capacity, 2);
    uses = new byte[capacity];
    queueOf = new byte[capacity];
    ghosts = new Fingerprints(capacity / 2);
    target = new ProbationTarget(capacity);
  }

  @Override
  void touched(int slot) {
    if (uses[slot] < MOST_USES) {
      uses[slot]++;
    }
  }

  @Override
  void admitted(int slot, int key) {
    int origin = ghosts.take(key);
    if (origin != Fingerprints.ABSENT) {
      target.adapt(origin, ghosts);
    }
    uses[slot] = 0;
    queueOf[slot] = (byte) (origin == Fingerprints.ABSENT ? SMALL : MAIN);
    queues.addNewest(queueOf[slot], slot);
  }

  @Override
  int victim(int key) {
    int queue = next();
    int slot = queues.oldest(queue);
    while (uses[slot] > 0) {
      uses[slot] = queue == SMALL ? 0 : (byte) (uses[slot] - 1);
      queueOf[slot] = MAIN;
      queues.remove(queue, slot);
      queues.addNewest(MAIN, slot);
      queue = next();
      slot = queues.oldest(queue);
    }
    ghosts.add(keyOf(slot), queue);
    return slot;
  }

  private int next() {
    boolean isSmallNext =
        queues.size(MAIN) == 0
            || (queues.size(SMALL) > 0 && queues.size(SMALL) >= target.entries());
    return isSmallNext ? SMALL : MAIN;
  }

  @Override
  void left(int slot) {
    queues.remove(queueOf[slot], slot);
  }
}
