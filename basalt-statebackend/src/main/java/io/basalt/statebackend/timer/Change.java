package io.basalt.statebackend.timer;

/** What a table has yet to get to know of a timer: the marks of {@link SortedKeys}. */
final class Change {

  /** Nothing. */
  static final byte NONE = 0;

  /** It is there, and the table has never had it, or has lost it. */
  static final byte NEW = 1;

  /** It is there, and the table may have it. */
  static final byte SET = 2;

  /** It is not there, and the table may have it. */
  static final byte REMOVED = 3;

  private Change() {}
}
