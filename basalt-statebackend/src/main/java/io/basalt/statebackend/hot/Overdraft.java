package io.basalt.statebackend.hot;

/**
 * How much more than its share a tier has while an epoch waits whose entries are all that there is.
 * To write all of them at once would be a stall: they are written as far as the room that is left
 * here has been used, and half of that is for what is done when they are. It is given back bit by
 * bit, for to evict so much at once would be another stall. Task thread.
 */
final class Overdraft {

  /** Of what the share holds. */
  private static final int PART = 8;

  private final Budget.Share share;
  private long bytes;

  Overdraft(Budget.Share share) {
    this.share = share;
  }

  long bytes() {
    return bytes;
  }

  /**
   * Makes it a step larger than an excess, if that is not too much.
   *
   * @param oldest of the epochs that wait; is written so far that it will be through in time
   * @throws RuntimeException as the writer throws it
   * @throws InterruptedException if the thread is interrupted while another one writes
   */
  boolean draw(long excess, Epoch oldest) throws InterruptedException {
    long most = share.held() / PART;
    if (excess > most - share.stepBytes()) {
      return false;
    }
    oldest.writeUpTo(1 - 2.0 * excess / most);
    bytes = excess + share.stepBytes();
    return true;
  }

  /** Gives a step back, and what is not used. */
  void giveBack(long excess) {
    bytes = Math.max(0, Math.min(excess, bytes - share.stepBytes()));
  }
}
