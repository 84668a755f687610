package io.basalt.statebackend.program;

import io.basalt.statebackend.program.StateDefinition.Kind;
import java.time.Duration;
import java.util.Random;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.StateVisibility;
import org.apache.flink.api.common.state.StateTtlConfig.UpdateType;

/**
 * Whether, how and how soon the entries of a state expire.
 *
 * @param milliseconds 0 where nothing expires
 */
record TimeToLive(Expiry expiry, long milliseconds) {

  private static final TimeToLive ENDLESS = new TimeToLive(Expiry.NEVER, 0);

  /** What every state has that expires when a program begins. */
  private static final long FIRST = 100;

  /** As long as one pause, and as long as several. */
  private static final long[] LATER = {40, FIRST, 250};

  /** Whether and how entries expire. */
  enum Expiry {
    NEVER,
    SINCE_WRITE,
    SINCE_READ,
    /** Since it was written, but shown until it is cleaned up. */
    SHOWN_UNTIL_CLEANED
  }

  static TimeToLive first(Expiry expiry) {
    return expiry == Expiry.NEVER ? ENDLESS : new TimeToLive(expiry, FIRST);
  }

  /** One that a later version of a job gives a state of the kind. */
  static TimeToLive later(Kind kind, Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> ENDLESS;
      case 3, 4 -> new TimeToLive(Expiry.SINCE_READ, anyLength(random));
      case 5 ->
          new TimeToLive(
              kind == Kind.VALUE ? Expiry.SHOWN_UNTIL_CLEANED : Expiry.SINCE_WRITE,
              anyLength(random));
      default -> new TimeToLive(Expiry.SINCE_WRITE, anyLength(random));
    };
  }

  private static long anyLength(Random random) {
    return LATER[random.nextInt(LATER.length)];
  }

  boolean isEndless() {
    return expiry == Expiry.NEVER;
  }

  boolean hasExpired(long time, long now) {
    return !isEndless() && time + milliseconds <= now;
  }

  boolean isRenewedByReads() {
    return expiry == Expiry.SINCE_READ;
  }

  boolean showsWhatHasExpired() {
    return expiry == Expiry.SHOWN_UNTIL_CLEANED;
  }

  StateTtlConfig configuration() {
    return StateTtlConfig.newBuilder(Duration.ofMillis(milliseconds))
        .setUpdateType(isRenewedByReads() ? UpdateType.OnReadAndWrite : UpdateType.OnCreateAndWrite)
        .setStateVisibility(
            showsWhatHasExpired()
                ? StateVisibility.ReturnExpiredIfNotCleanedUp
                : StateVisibility.NeverReturnExpired)
        .cleanupFullSnapshot()
        .build();
  }

  @Override
  public String toString() {
    return isEndless() ? "never" : expiry + " after " + milliseconds;
  }
}
