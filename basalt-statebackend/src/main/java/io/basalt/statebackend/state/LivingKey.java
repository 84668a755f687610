package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;

/**
 * One key of a large map, which has an entry at least until the entry expires. Changed as the map
 * is: it is never written anywhere. Task thread.
 */
final class LivingKey {

  /** Of this object. */
  private static final int OVERHEAD_BYTES = 24;

  private final StoredBytes key;
  private long end;

  /**
   * There is an entry under the key.
   *
   * @param end when it expires; {@link Long#MAX_VALUE} for never
   */
  LivingKey(StoredBytes key, long end) {
    this.key = key;
    this.end = end;
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
