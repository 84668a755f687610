package io.basalt.statebackend.restore;

import java.util.concurrent.CancellationException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Tells a restore to stop: the task has closed the registry of its restore or interrupted the
 * thread. Cheap enough to ask for every entry.
 */
final class Cancellation {

  private final CloseableRegistry registry;

  Cancellation(CloseableRegistry registry) {
    this.registry = registry;
  }

  /** Streams to be closed on cancel; nobody else closes it but the task. */
  CloseableRegistry registry() {
    return registry;
  }

  /** Whether the restore is to stop. The interrupt stays set. */
  boolean isRequested() {
    return registry.isClosed() || Thread.currentThread().isInterrupted();
  }

  /**
   * Goes on only if the restore is not cancelled.
   *
   * @throws CancellationException if it is
   */
  void check() {
    if (isRequested()) {
      throw exception(null);
    }
  }

  /** The end of a cancelled restore, with what came of it on the way. */
  static CancellationException exception(@Nullable Throwable cause) {
    CancellationException exception =
        new CancellationException("The restore of keyed state was cancelled.");
    if (cause != null) {
      exception.initCause(cause);
    }
    return exception;
  }
}
