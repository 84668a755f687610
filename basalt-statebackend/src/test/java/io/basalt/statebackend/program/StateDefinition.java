package io.basalt.statebackend.program;

import io.basalt.statebackend.program.TimeToLive.Expiry;
import java.util.Random;

/**
 * One state of a program.
 *
 * @param userKeys of a map
 * @param answer what the functions of reducing and aggregating state return
 * @param forHeap whether the heap backend must be able to hold it
 * @param switchable whether later versions of the job may give it another time to live
 */
record StateDefinition(
    String name,
    Kind kind,
    Domain<Object> namespaces,
    int numberOfNamespaces,
    Domain<Object> userKeys,
    Domain<Object> values,
    TimeToLive timeToLive,
    Answer answer,
    boolean forHeap,
    boolean switchable) {

  /** The kinds of keyed state. */
  enum Kind {
    VALUE,
    LIST,
    MAP,
    REDUCING,
    AGGREGATING
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
        TimeToLive.first(expiry),
        forHeap ? Answer.A_NEW_OBJECT : Answer.values()[random.nextInt(Answer.values().length)],
        forHeap,
        // Not where it must never expire, see above.
        kind != Kind.MAP || !forStock);
  }

  // Objects of a domain only ever meet that domain's serializer.
  @SuppressWarnings("unchecked")
  static Domain<Object> untyped(Domain<?> domain) {
    return (Domain<Object>) domain;
  }

  /** The same state, which keeps its time to live through all versions of the job. */
  StateDefinition unswitchable() {
    return new StateDefinition(
        name,
        kind,
        namespaces,
        numberOfNamespaces,
        userKeys,
        values,
        timeToLive,
        answer,
        forHeap,
        false);
  }

  /** The same state as another version of the job has it. */
  StateDefinition with(TimeToLive other) {
    return new StateDefinition(
        name,
        kind,
        namespaces,
        numberOfNamespaces,
        userKeys,
        values,
        other,
        answer,
        forHeap,
        switchable);
  }

  boolean expires() {
    return !timeToLive.isEndless();
  }

  boolean isExpired(long time, long now) {
    return timeToLive.hasExpired(time, now);
  }

  /** The time of an entry after it was read. */
  long timeAfterRead(long time, long now) {
    return timeToLive.isRenewedByReads() ? now : time;
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
        + timeToLive
        + (switchable ? " at first" : "")
        + ", functions return "
        + answer;
  }
}
