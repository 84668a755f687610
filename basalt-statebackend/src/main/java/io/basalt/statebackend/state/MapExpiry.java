package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import io.basalt.statebackend.store.ExpiryClock;

/**
 * When entries of maps expire: as soon as that time has been told to a compaction it may have taken
 * them, though the clock be set back later, and not before. Task thread.
 *
 * @param timeToLive in milliseconds
 * @param clock the one that compactions ask
 */
record MapExpiry(long timeToLive, ExpiryClock clock) {

  /** Nothing is known of when it expires: it may have. */
  static final long UNKNOWN = Long.MIN_VALUE;

  /** When an entry with that value expires. */
  long endOf(byte[] value) {
    if (!MapEntryValue.hasTime(value)) {
      return UNKNOWN;
    }
    return endOf(MapEntryValue.time(value));
  }

  /** When an entry of that time expires. */
  long endOf(long time) {
    return time > 0 && timeToLive > Long.MAX_VALUE - time ? Long.MAX_VALUE : time + timeToLive;
  }

  /** What time it is, or the latest that it has been. */
  long now() {
    return Math.max(clock.getAsLong(), clock.latest());
  }

  /** Whether a compaction may have taken an entry with that value. */
  boolean mayBeTaken(byte[] value) {
    return MapEntryValue.hasTime(value) && mayBeTaken(MapEntryValue.time(value));
  }

  /** The same of one of that time. */
  boolean mayBeTaken(long time) {
    return endOf(time) <= clock.latest();
  }
}
