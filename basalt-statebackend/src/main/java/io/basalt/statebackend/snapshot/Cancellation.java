package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Whether a canonical snapshot is still wanted. Its reader asks now and then, because a state of
 * which everything has expired is read to the end without anything being written to the stream that
 * a cancellation closes.
 */
final class Cancellation {

  /** Often enough to end within milliseconds, rarely enough to cost nothing. */
  private static final int CHECKS_BETWEEN_LOOKS = 256;

  private volatile boolean cancelled;
  private int checks;

  /** From any thread. */
  void cancel() {
    cancelled = true;
  }

  /**
   * Called for every entry, by the reading thread only.
   *
   * @throws IOException if the snapshot was cancelled or the thread interrupted
   */
  void check() throws IOException {
    if (++checks % CHECKS_BETWEEN_LOOKS == 0) {
      look();
    }
  }

  /**
   * Called now and then, by any thread.
   *
   * @throws IOException if the snapshot was cancelled or the thread interrupted
   */
  void look() throws IOException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("The snapshot was cancelled.");
    }
  }
}
