package io.basalt.statebackend.timer;

import io.basalt.statebackend.hot.EntryNotes;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.jspecify.annotations.Nullable;

/**
 * Which timers for the ends of windows are known to be there. Every record of a window sets the
 * same one, mostly twice: for the trigger, and to clean up. It has just been added to what the
 * window's state has of it, so that is where it is noted.
 *
 * <p>Invariant: a timer that is noted is in the queue. So a note is made after it was added, and
 * taken back before it goes. Task thread.
 */
final class WindowTimers {

  private final @Nullable EntryNotes notes;

  /** With null nothing is ever known. */
  WindowTimers(@Nullable EntryNotes notes) {
    this.notes = notes;
  }

  /** Whether the timer is known to be there. */
  boolean has(Object element) {
    EntryNotes kept = notes;
    return kept != null
        && element instanceof InternalTimer<?, ?> timer
        && isOfEnd(timer)
        && kept.isThere(timer.getKey(), timer.getNamespace());
  }

  /** The timer is there. */
  void added(Object element) {
    EntryNotes kept = notes;
    if (kept != null && element instanceof InternalTimer<?, ?> timer && isOfEnd(timer)) {
      kept.add(timer.getKey(), timer.getNamespace());
    }
  }

  /** The timer may be going. */
  void goes(Object element) {
    EntryNotes kept = notes;
    if (kept != null && element instanceof InternalTimer<?, ?> timer && isOfEnd(timer)) {
      kept.remove(timer.getKey(), timer.getNamespace());
    }
  }

  /** The window says the time, so that key and window are the timer. */
  private static boolean isOfEnd(InternalTimer<?, ?> timer) {
    Object namespace = timer.getNamespace();
    return namespace != null
        && namespace.getClass() == TimeWindow.class
        && ((TimeWindow) namespace).maxTimestamp() == timer.getTimestamp();
  }
}
