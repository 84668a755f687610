package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import java.util.List;

/**
 * All timers of one key group, as the bytes of their keys, for whoever keeps the first of them at
 * hand. A change that throws has not been made. Task thread.
 */
interface TimerStore {

  /** Adds a key that may be there, and that the caller does not keep. */
  void add(byte[] key);

  /** Adds a key of which the caller knows that it is not there, and which he keeps. */
  void addAbsent(byte[] key);

  /** Takes out a key, which may not be there. */
  void remove(byte[] key);

  /** The caller does not keep a key any more that is there. */
  void release(byte[] key);

  /**
   * The first keys from one on, in order; the caller keeps all of them from now on.
   *
   * @param fromInclusive he keeps none from there on
   * @param most how many at most
   * @param mostBytes how long all of them may be, but for the last
   */
  List<byte[]> read(byte[] fromInclusive, int most, long mostBytes);

  /** How many there are from one on, counted by walking over them. */
  long count(byte[] fromInclusive);

  /** Opens what a queue's key groups are kept in. */
  interface Opening {

    /**
     * The timers of a key group.
     *
     * @param isEmpty whether the table is known to have none of it
     */
    TimerStore open(int keyGroup, Bounds bounds, boolean isEmpty);
  }
}
