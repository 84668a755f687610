package io.basalt.statebackend.restore;

import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * What the plan must know of a state handle.
 *
 * @param index which of the handles it is
 * @param kind how the state is kept
 * @param range the key groups it has
 * @param sharesFiles whether later incremental checkpoints may refer to its files
 * @param spread where its files lie; null if it has none, or nobody knows
 */
record HandleDescription(
    int index, Kind kind, KeyGroupRange range, boolean sharesFiles, @Nullable FileSpread spread) {

  /** How a snapshot keeps its state. */
  enum Kind {
    /** One stream of entries, key group by key group, readable by every state backend. */
    CANONICAL,
    /** The files of a RocksDB database in checkpoint storage. */
    REMOTE_FILES,
    /** The files of a RocksDB database in a directory of this machine. */
    LOCAL_FILES
  }

  /** The same handle, its manifest read. */
  HandleDescription with(FileSpread known) {
    return new HandleDescription(index, kind, range, sharesFiles, known);
  }

  /** Its part of the range. */
  KeyGroupRange within(KeyGroupRange other) {
    return range.getIntersection(other);
  }

  /** Whether it has a part in the range. */
  boolean overlaps(KeyGroupRange other) {
    return within(other).getNumberOfKeyGroups() > 0;
  }

  /** The share of its key groups that lies in the range, 0 to 1. */
  double overlapFraction(KeyGroupRange other) {
    return (double) within(other).getNumberOfKeyGroups() / range.getNumberOfKeyGroups();
  }

  /** Whether all its key groups lie in the range. */
  boolean isInside(KeyGroupRange other) {
    return within(other).equals(range);
  }

  /** How large its files of a range are, about; 0 if nobody knows. */
  long bytesWithin(KeyGroupRange other) {
    return spread == null ? 0 : spread.bytesOf(within(other));
  }

  /** Whether its files that have anything of its part have nothing else of the range. */
  boolean isConfinedWithin(KeyGroupRange other) {
    return spread != null && spread.isConfinedTo(within(other), other);
  }
}
