package io.basalt.statebackend.restore;

import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * What the plan must know of a state handle.
 *
 * @param index which of the handles it is
 * @param kind how the state is kept
 * @param range the key groups it has
 * @param sharesFiles whether later incremental checkpoints may refer to its files
 */
record HandleDescription(int index, Kind kind, KeyGroupRange range, boolean sharesFiles) {

  /** How a snapshot keeps its state. */
  enum Kind {
    /** One stream of entries, key group by key group, readable by every state backend. */
    CANONICAL,
    /** The files of a RocksDB database in checkpoint storage. */
    REMOTE_FILES,
    /** The files of a RocksDB database in a directory of this machine. */
    LOCAL_FILES
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
}
