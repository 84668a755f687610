package io.basalt.statebackend.hot;

/**
 * The room that a tier has for its entries: a share of the budget of all, and what it may overdraw.
 * Task thread.
 *
 * <p>To make some may write, and fail. Whoever changes an entry makes room afterwards, when it is
 * known how much is needed; but an operation that throws must not have been made, for its caller
 * may try again. So a failure is not his: the next one that needs room fails before it changes
 * anything, unless what could not be written can be by then. A tier takes more than it may by no
 * more than one change.
 */
final class Room {

  /** How many steps of the share are given back by one operation. */
  private static final int STEPS_AT_ONCE = 4;

  private final HotTier tier;
  private final Budget.Share share;
  private final Overdraft overdraft;

  /** Whether to make some has failed, and has not succeeded since. */
  private boolean isLacking;

  Room(HotTier tier, Budget.Share share) {
    this.tier = tier;
    this.share = share;
    this.overdraft = new Overdraft(share);
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

  /** Whether there is any for what need not be kept. What is below may be another then. */
  boolean isThere() {
    if (isLacking) {
      afterChange();
    }
    return !isLacking;
  }

  /** Evicts until what there is fits what the tier may take. */
  void make() {
    boolean enough = true;
    while (enough && tier.usedBytes() > share.held()) {
      enough = share.take(share.stepBytes());
    }
    // Bit by bit: all of it at once would be a stall.
    long excess = Math.min(share.excess(), STEPS_AT_ONCE * share.stepBytes());
    if (!enough || excess > 0) {
      evictDownTo(share.held() - excess);
    }
    if (excess > 0) {
      giveBack();
    }
    isLacking = false;
  }

  /** Gives others what they need of it, as far as that can be done without a failure. */
  void giveWay() {
    long excess = share.excess();
    if (excess > 0) {
      try {
        evictDownTo(share.held() - excess);
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

  private void evictDownTo(long bytes) {
    tier.settle();
    giveOverdraftBack(bytes);
    while (tier.usedBytes() > bytes + overdraft.bytes()) {
      if (!tier.evictNext()) {
        Epoch oldest = tier.oldestClosed();
        if (oldest == null) {
          return;
        }
        awaitRoom(tier.usedBytes() - bytes, oldest);
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
