package io.basalt.statebackend.hot;

/**
 * The room that a tier has for its entries: a share of the budget of all, what it may overdraw, and
 * what it is late with. Task thread.
 *
 * <p>To make some may write, and fail. Whoever changes an entry makes room afterwards, when it is
 * known how much is needed; but an operation that throws must not have been made, for its caller
 * may try again. So a failure is not his: the next one that needs room fails before it changes
 * anything, unless what could not be written can be by then. A tier takes more than it may by no
 * more than one change.
 *
 * <p>Nor does one operation have much go at once, be it in the place of one large value or because
 * others need their share: that would be a stall. The next ones go on with it, those that only read
 * included; so do barriers, for an operator that gets no records.
 */
final class Room {

  /** How many steps of the share are given back by one operation, or go for one large value. */
  private static final int STEPS_AT_ONCE = 4;

  /** The same for a barrier, as far as nothing has to be written: some milliseconds. */
  private static final int STEPS_AT_A_BARRIER = 128;

  /** How many groups are written at a barrier: as long again. */
  private static final int GROUPS_AT_A_BARRIER = 64;

  /** A value of more than this part of the tier is not kept because it was read. */
  private static final int LARGE_PART = 64;

  private static final long LEAST_LARGE = 64 << 10;

  private final HotTier tier;
  private final Budget.Share share;
  private final Overdraft overdraft;
  private final Lateness lateness;

  /** Whether to make some has failed, and has not succeeded since. */
  private boolean isLacking;

  /** Whether a barrier has left something that is to be given back. */
  private boolean isGivingWay;

  Room(HotTier tier, Budget.Share share) {
    this.tier = tier;
    this.share = share;
    this.overdraft = new Overdraft(share);
    this.lateness = new Lateness(STEPS_AT_ONCE * share.stepBytes());
  }

  /**
   * An entry is going to be changed; whoever has found it finds it again, for it may have gone.
   *
   * @throws RuntimeException if there is none, and none can be made
   */
  void beforeChange() {
    if (isLacking) {
      make();
    }
  }

  /** An entry has come or changed, whatever comes of this. */
  void afterChange() {
    try {
      make();
    } catch (RuntimeException e) {
      isLacking = true;
    }
  }

  /** An entry is going to be looked for. What is below may be another afterwards. */
  void beforeRead() {
    if (isGivingWay && !isLacking) {
      giveWay(1);
    }
  }

  /**
   * Whether there is any for what need not be kept, and takes so many bytes. What is below may be
   * another then.
   */
  boolean isThereFor(int bytes) {
    if (isLacking) {
      afterChange();
    }
    return !isLacking && bytes <= Math.max(LEAST_LARGE, share.size() / LARGE_PART);
  }

  /** Evicts until what there is fits what the tier may take, or enough for one operation. */
  void make() {
    boolean enough = true;
    while (enough && tier.usedBytes() > share.held()) {
      enough = share.take(share.stepBytes());
    }
    // Bit by bit: all of it at once would be a stall.
    long excess = Math.min(share.excess(), STEPS_AT_ONCE * share.stepBytes());
    try {
      if (!enough || excess > 0) {
        evictDownTo(share.held() - excess);
      }
    } finally {
      lateness.isNow(tier.usedBytes(), share.held() - excess + overdraft.bytes());
    }
    if (excess > 0) {
      giveBack();
    }
    isLacking = false;
  }

  /** At a barrier, while no earlier one waits. */
  void giveWay() {
    giveWay(STEPS_AT_A_BARRIER);
  }

  /** Gives others what they need of it, as far as that can be done without failure or delay. */
  private void giveWay(int steps) {
    long excess = share.excess();
    isGivingWay = excess > 0;
    if (isGivingWay) {
      try {
        // Where nothing can go it is not tried again with each read.
        isGivingWay = evict(share.held() - excess, steps * share.stepBytes());
      } catch (RuntimeException e) {
        isLacking = true;
      }
      giveBack();
    }
  }

  private void giveBack() {
    long spare = (share.held() - tier.usedBytes()) / share.stepBytes() * share.stepBytes();
    if (spare > 0) {
      share.give(spare);
    }
  }

  /**
   * Down to so many bytes, and no more than so many of them, nor so many groups that are to be
   * written: what waits for an epoch stays.
   *
   * @return whether they could go
   */
  private boolean evict(long bytes, long most) {
    long end = Math.max(bytes, tier.usedBytes() - most);
    // Each group that is written makes another version of what is below.
    long lastVersion = tier.version() + GROUPS_AT_A_BARRIER;
    boolean some = true;
    while (some && tier.usedBytes() > end && tier.version() < lastVersion) {
      some = tier.evictNext();
    }
    return some;
  }

  private void evictDownTo(long bytes) {
    tier.settle();
    giveOverdraftBack(bytes);
    long late = lateness.allowed(tier.usedBytes(), bytes + overdraft.bytes());
    while (tier.usedBytes() > bytes + late + overdraft.bytes()) {
      if (!tier.evictNext()) {
        Epoch oldest = tier.oldestClosed();
        if (oldest == null) {
          return;
        }
        awaitRoom(tier.usedBytes() - bytes - late, oldest);
      }
    }
  }

  /** An epoch is in the way, all of it or, if so much too much may wait, a part of it. */
  private void awaitRoom(long excess, Epoch oldest) {
    try {
      if (!overdraft.draw(excess, oldest)) {
        tier.finishClosed();
      }
    } catch (InterruptedException e) {
      throw HotTier.interrupted(e);
    }
  }

  /** Some of what is overdrawn, unless an epoch waits. */
  void giveOverdraftBack() {
    giveOverdraftBack(share.held());
  }

  private void giveOverdraftBack(long bytes) {
    if (tier.oldestClosed() == null) {
      overdraft.giveBack(tier.usedBytes() - bytes);
    }
  }
}
