package io.basalt.statebackend.hot;

/**
 * Whether changes of what a table does not have pass by the tier. They do while entries that came
 * lately have not been asked for again: each would only be written later than without a tier, at
 * twice the work. To be overwritten counts as long as that has not been written, for else no write
 * is saved. Task thread.
 *
 * <p>Some come all the same, to see whether that has changed; and a few while changes wait for the
 * end of an epoch, as nothing may get below before: whoever makes a change that passes by has to
 * hold it back until then, and who reads below has to wait. After these they are held back, or
 * there would be more and more of them with each epoch.
 */
final class PassingBy {

  /** Without use, one after the other, before any passes by: a large working set is to stay. */
  private static final int MOST_WITHOUT_USE = 1 << 17;

  /** How many come in any case so that reads need not wait for an epoch. */
  private static final int FEW = 1 << 11;

  /** And this part of those that passed by between the last two barriers. */
  private static final int PART = 64;

  private final HotTier tier;
  private final HotCounters counters;
  private final Trust trust;
  private int epoch;
  private long mayCome;
  private long passedBefore;

  PassingBy(HotTier tier, HotCounters counters) {
    this.tier = tier;
    this.counters = counters;
    this.trust = new Trust(tier.mostEntries(), MOST_WITHOUT_USE);
  }

  /** An entry has come. */
  void came() {
    trust.take(1);
  }

  /** An entry that had come has been asked for; told a few times for each. */
  void asked() {
    trust.add(1);
  }

  /** Whether the next change does. */
  boolean isDone() {
    if (trust.isThere()) {
      return false;
    }
    if (!tier.isOpenAlone() && mayCome()) {
      return false;
    }
    counters.passedBy++;
    return true;
  }

  private boolean mayCome() {
    if (epoch != tier.openEpoch()) {
      epoch = tier.openEpoch();
      mayCome = FEW + (counters.passedBy - passedBefore) / PART;
      passedBefore = counters.passedBy;
    }
    mayCome--;
    return mayCome >= 0;
  }
}
