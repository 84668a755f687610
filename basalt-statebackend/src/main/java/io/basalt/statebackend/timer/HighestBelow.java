package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;

/**
 * Up to where the table may have timers of a key group that nobody above it knows of. A timer
 * behind that need not be looked for there, and if it goes before it is written, nothing is to be
 * removed. Task thread.
 */
final class HighestBelow {

  private byte[] below;

  /** No timer behind it has been added that may be written some time. */
  private byte[] added;

  /** The table may have timers up to there. */
  HighestBelow(byte[] below) {
    this.below = below;
    this.added = below;
  }

  /** A timer has been added, and has not been written yet. */
  void added(byte[] key) {
    if (Arrays.compareUnsigned(key, added) > 0) {
      added = Bounds.notBelow(key);
    }
  }

  /** Timers of those that have been added may be in the table by now. */
  void written() {
    below = added;
  }

  /** There is no timer behind it, neither in the table nor above. */
  void lastIs(byte[] key) {
    byte[] kept = Bounds.notBelow(key);
    if (Arrays.compareUnsigned(kept, below) < 0) {
      below = kept;
    }
    added = kept;
  }

  /** Whether the table may have the timer if nobody above knows of it, or timers behind it. */
  boolean mayReach(byte[] key) {
    return Arrays.compareUnsigned(key, below) <= 0;
  }
}
