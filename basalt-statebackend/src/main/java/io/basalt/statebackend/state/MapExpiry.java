package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import java.util.function.LongSupplier;

/**
 * When entries of maps expire: from then on a compaction may have taken them, before that it cannot
 * have, for it asks the same clock. Task thread.
 *
 * @param timeToLive in milliseconds
 * @param clock says what time it is, in milliseconds
 */
record MapExpiry(long timeToLive, LongSupplier clock) {

  /** Nothing is known of when it expires: it may have. */
  static final long UNKNOWN = Long.MIN_VALUE;

  /** When an entry with that value expires. */
  long endOf(byte[] value) {
    if (!MapEntryValue.hasTime(value)) {
      return UNKNOWN;
    }
    long time = MapEntryValue.time(value);
    return time > 0 && timeToLive > Long.MAX_VALUE - time ? Long.MAX_VALUE : time + timeToLive;
  }

  long now() {
    return clock.getAsLong();
  }
}
