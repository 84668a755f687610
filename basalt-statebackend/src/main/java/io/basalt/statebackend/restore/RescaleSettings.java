package io.basalt.statebackend.restore;

/**
 * What users have to say about rescales.
 *
 * @param overlapFraction the share of its key groups, 0 to 1, that a snapshot's database must have
 *     in common with the task for its files to become the task's; entries of any other are copied
 * @param joinFiles whether the files of several databases may become one
 * @param leaveOutFiles whether files are left out that have no key of the task
 * @param mergeDeleted whether what is deleted of others' key groups is merged away in the
 *     background
 * @param mostBytesAbove how much may be copied into level 0, where the files of the database reach
 *     over what is copied; where it would be more the database begins empty, and all is copied into
 *     the last level
 */
public record RescaleSettings(
    double overlapFraction,
    boolean joinFiles,
    boolean leaveOutFiles,
    boolean mergeDeleted,
    long mostBytesAbove) {

  /**
   * As much as four times the first sorted level is to have: RocksDB goes on writing while it
   * merges that.
   */
  private static final long MOST_BYTES_ABOVE = 1L << 30;

  /** With a limit to what is copied above others that suits RocksDB. */
  public RescaleSettings(
      double overlapFraction, boolean joinFiles, boolean leaveOutFiles, boolean mergeDeleted) {
    this(overlapFraction, joinFiles, leaveOutFiles, mergeDeleted, MOST_BYTES_ABOVE);
  }
}
