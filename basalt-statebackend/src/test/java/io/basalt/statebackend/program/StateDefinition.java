package io.basalt.statebackend.program;

import java.time.Duration;
import java.util.Random;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.StateVisibility;
import org.apache.flink.api.common.state.StateTtlConfig.UpdateType;

/**
 * One state of a program.
 *
 * @param userKeys of a map
 * @param answer what the functions of reducing and aggregating state return
 * @param forHeap whether the heap backend must be able to hold it
 */
record StateDefinition(
    String name,
    Kind kind,
    Domain<Object> namespaces,
    int numberOfNamespaces,
    Domain<Object> userKeys,
    Domain<Object> values,
    Expiry expiry,
    Answer answer,
    boolean forHeap) {

  static final long TIME_TO_LIVE = 100;

  /** The kinds of keyed state. */
  enum Kind {
    VALUE,
    LIST,
    MAP,
    REDUCING,
    AGGREGATING
  }

  /** Whether and how entries expire. */
  enum Expiry {
    NEVER,
    SINCE_WRITE,
    SINCE_READ,
    /** Since it was written, but shown until it is cleaned up. */
    SHOWN_UNTIL_CLEANED
  }

  /** What a user's function gives back. */
  enum Answer {
    A_NEW_OBJECT,
    ITS_FIRST_ARGUMENT_CHANGED,
    ITS_SECOND_ARGUMENT_CHANGED
  }

  /** A random state of the kind. */
  static StateDefinition random(
      String name, Kind kind, boolean forHeap, boolean forStock, Random random) {
    Domain<?> namespaces = Domains.anyNamespace(random);
    Expiry[] expiries = Expiry.values();
    Expiry expiry =
        random.nextInt(3) > 0 ? Expiry.NEVER : expiries[random.nextInt(expiries.length)];
    if (expiry == Expiry.SHOWN_UNTIL_CLEANED && kind != Kind.VALUE) {
      expiry = Expiry.SINCE_WRITE;
    }
    if (kind == Kind.MAP && forStock) {
      // Stock's savepoints keep the keys of expired entries: see DeliberateDifferencesTest.
      expiry = Expiry.NEVER;
    }
    return new StateDefinition(
        name,
        kind,
        untyped(namespaces),
        namespaces.toString().equals("none") ? 1 : 3,
        untyped(forHeap ? Domains.anyComparable(random) : Domains.any(random)),
        untyped(forHeap ? Domains.anyComparable(random) : Domains.any(random)),
        expiry,
        forHeap ? Answer.A_NEW_OBJECT : Answer.values()[random.nextInt(Answer.values().length)],
        forHeap);
  }

  // Objects of a domain only ever meet that domain's serializer.
  @SuppressWarnings("unchecked")
  static Domain<Object> untyped(Domain<?> domain) {
    return (Domain<Object>) domain;
  }

  boolean expires() {
    return expiry != Expiry.NEVER;
  }

  boolean isExpired(long time, long now) {
    return expires() && time + TIME_TO_LIVE <= now;
  }

  /** The time of an entry after it was read. */
  long timeAfterRead(long time, long now) {
    return expiry == Expiry.SINCE_READ ? now : time;
  }

  StateTtlConfig timeToLive() {
    return StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE))
        .setUpdateType(
            expiry == Expiry.SINCE_READ ? UpdateType.OnReadAndWrite : UpdateType.OnCreateAndWrite)
        .setStateVisibility(
            expiry == Expiry.SHOWN_UNTIL_CLEANED
                ? StateVisibility.ReturnExpiredIfNotCleanedUp
                : StateVisibility.NeverReturnExpired)
        .cleanupFullSnapshot()
        .build();
  }

  @Override
  public String toString() {
    return name
        + ": "
        + (kind == Kind.MAP ? "map of " + userKeys + " to " : kind + " of ")
        + values
        + ", namespaces: "
        + namespaces
        + ", expires: "
        + expiry
        + ", functions return "
        + answer;
  }
}
