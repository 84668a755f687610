package io.basalt.statebackend.timer;

import io.basalt.statebackend.hot.HotKeys;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The order of those timers of a key group that are in the tier and may not be in the table yet. It
 * may have others too, and one several times: whether a timer is there the tier says, or the table.
 *
 * <p>Kept apart by the epoch in which they came, so that those of an epoch go all at once when it
 * has been written. Without barriers those go that were taken out or written, bit by bit, so often
 * that there are never many times as many as wait. Task thread.
 */
final class WaitingTimers {

  private final HotKeys hot;
  private final int prefixWidth;
  private final Deque<Generation> generations = new ArrayDeque<>(1);

  /**
   * Without timers.
   *
   * @param prefixWidth how many bytes all keys have in common at their beginning
   */
  WaitingTimers(HotKeys hot, int prefixWidth) {
    this.hot = hot;
    this.prefixWidth = prefixWidth;
  }

  /** The tier has, or is going to have, the timer. */
  void add(byte[] key) {
    int epoch = hot.openEpoch();
    Generation newest = generations.peekLast();
    if (newest == null || newest.epoch != epoch) {
      dropWritten();
      newest = new Generation(epoch, prefixWidth, hot);
      generations.add(newest);
    }
    newest.add(key);
  }

  /**
   * Forgets those that the table is known to have. Never between the opening of a cursor and the
   * end of a walk that depends on both: the cursor may not show them.
   */
  void dropWritten() {
    for (Generation oldest = generations.peek();
        oldest != null && hot.areBelow(oldest.epoch);
        oldest = generations.peek()) {
      generations.remove();
    }
  }

  /** The first one that the tier has, or null if there is none. */
  byte @Nullable [] first() {
    byte[] first = null;
    for (Generation generation : generations) {
      byte[] key = generation.first(hot);
      if (key != null && (first == null || Arrays.compareUnsigned(key, first) < 0)) {
        first = key;
      }
    }
    return first;
  }

  /** Takes out what {@link #first} said. */
  void remove(byte[] first) {
    for (Generation generation : generations) {
      generation.remove(first);
    }
  }

  private static final class Generation {

    private final int epoch;
    private final SortedRuns keys;

    Generation(int epoch, int prefixWidth, HotKeys hot) {
      this.epoch = epoch;
      this.keys = new SortedRuns(prefixWidth, hot::isWaiting);
    }

    void add(byte[] key) {
      keys.add(key);
    }

    byte @Nullable [] first(HotKeys hot) {
      byte[] key = keys.first();
      while (key != null && !hot.contain(key)) {
        keys.removeFirst();
        key = keys.first();
      }
      return key;
    }

    void remove(byte[] first) {
      while (Arrays.equals(keys.first(), first)) {
        keys.removeFirst();
      }
    }
  }
}
