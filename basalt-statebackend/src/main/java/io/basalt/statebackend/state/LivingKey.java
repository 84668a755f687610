package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;

/**
 * One key of a large map, which has an entry at least until the entry expires. Changed as the map
 * is: it is never written anywhere. Task thread.
 */
final class LivingKey {

  /** Of this object. */
  private static final int OVERHEAD_BYTES = 32;

  private final StoredBytes key;
  private final Object generation;
  private long end;

  /**
   * There is an entry under the key.
   *
   * @param end when it expires; {@link Long#MAX_VALUE} for never
   * @param generation in which this is noted
   */
  LivingKey(StoredBytes key, long end, Object generation) {
    this.key = key;
    this.end = end;
    this.generation = generation;
  }

  /** Whether all changes since have been noted here. */
  boolean isOf(Object current) {
    return generation == current;
  }

  boolean is(StoredBytes other) {
    return key.equals(other);
  }

  /** The entry has another value, which expires then. */
  void livesUntil(long newEnd) {
    end = newEnd;
  }

  boolean livesAt(long time) {
    return time < end;
  }

  int heapBytes() {
    return OVERHEAD_BYTES + key.heapBytes();
  }
}
