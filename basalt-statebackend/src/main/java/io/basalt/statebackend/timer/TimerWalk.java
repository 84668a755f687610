package io.basalt.statebackend.timer;

import io.basalt.statebackend.store.Cursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a key group in order, those of the table merged with the changes that wait above
 * it. Task thread.
 */
final class TimerWalk implements AutoCloseable {

  private final @Nullable Cursor cursor;
  private final SortedKeys changes;

  /** Where the walk is among the changes. */
  private int place;

  /** Where it is in the table; null behind its last timer. */
  private byte @Nullable [] stored;

  /**
   * At the first timer from a key on.
   *
   * @param cursor over the table from that key on, which the walk closes; null if there are none
   * @param changes with {@link Change}s as marks; what turns out not to be in the table is marked
   */
  TimerWalk(@Nullable Cursor cursor, SortedKeys changes, byte[] fromInclusive) {
    this.cursor = cursor;
    this.changes = changes;
    int found = changes.find(fromInclusive);
    this.place = found < 0 ? -1 - found : found;
    try {
      if (cursor != null) {
        cursor.seekToFirst();
      }
      readStored();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The timer that it is at, or null behind the last one. */
  byte @Nullable [] key() {
    for (; place < changes.size(); place++) {
      byte[] changed = changes.key(place);
      int order = stored == null ? -1 : Arrays.compareUnsigned(changed, stored);
      if (order > 0) {
        return stored;
      }
      if (changes.mark(place) != Change.REMOVED) {
        if (order < 0 && cursor != null) {
          // The table does not have it, as is known now; without a cursor it may, if it is to be
          // removed there before.
          changes.mark(place, Change.NEW);
        }
        return changed;
      }
      if (order == 0) {
        nextStored();
      }
    }
    return stored;
  }

  /** Goes on from the timer that {@link #key} has shown. */
  void next() {
    byte[] shown = key();
    if (shown == stored) {
      nextStored();
      return;
    }
    if (Arrays.equals(shown, stored)) {
      nextStored();
    }
    place++;
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
    }
  }

  private void nextStored() {
    if (cursor != null) {
      cursor.next();
    }
    readStored();
  }

  private void readStored() {
    stored = cursor != null && cursor.isValid() ? cursor.key() : null;
  }
}
