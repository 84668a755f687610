package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Whether a canonical snapshot is still wanted. Its reader asks now and then, because a state of
 * which everything has expired is read to the end without anything being written to the stream that
 * a cancellation closes.
 */
final class Cancellation {

  private volatile boolean cancelled;

  /** From any thread. */
  void cancel() {
    cancelled = true;
  }

  /**
   * Called for every entry, by any thread: it reads two fields.
   *
   * @throws IOException if the snapshot was cancelled or the thread interrupted
   */
  void look() throws IOException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("The snapshot was cancelled.");
    }
  }
}
