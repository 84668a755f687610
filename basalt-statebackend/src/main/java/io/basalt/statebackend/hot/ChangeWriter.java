package io.basalt.statebackend.hot;

/** Writes changes of all tables of a tier in groups. One thread at a time. */
public interface ChangeWriter {

  /**
   * Changes since the last barrier are going to be written, on the task thread. What the caller has
   * written past the tier before and still holds back is older than they are.
   */
  void begin();

  /**
   * An epoch is going to be written. What was written past the tier before its barrier, and has
   * been held back since, is older than its changes.
   */
  void beginEpoch();

  /** For entries of the table, which become part of the current group. */
  EntryWriter of(HotTable table);

  /**
   * Ends the group, which is then written as a whole.
   *
   * @throws RuntimeException if nothing of it could be written: the group is discarded then, and
   *     the same entries come again in a later one
   */
  void commit();

  /** Forgets the current group, because an entry, or all of it, could not be written. */
  void discard();
}
