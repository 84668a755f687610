package io.basalt.statebackend.snapshot;

import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a canonical snapshot that one reader reads, next to each other in its order.
 *
 * @param from where it begins, in the first of the key groups; null at their beginning
 * @param to where it ends, in the last of the key groups; null at their end
 */
record ReadPart(KeyGroupRange keyGroups, @Nullable Cut from, @Nullable Cut to) {

  /** A place inside the key groups of several parts alike. */
  static final class Cut {

    private final int keyGroup;
    private final int state;
    private final byte[] key;

    /**
     * Before an entry.
     *
     * @param keyGroup in which one of the key groups, from 0
     * @param state in which state
     * @param key before which key; what its prefix says does not count
     */
    Cut(int keyGroup, int state, byte[] key) {
      this.keyGroup = keyGroup;
      this.state = state;
      this.key = key;
    }

    int keyGroup() {
      return keyGroup;
    }
  }

  int firstState() {
    return from == null ? 0 : from.state;
  }

  /** The last state of the last key group of which anything is to be read. */
  int lastState(int states) {
    return to == null ? states - 1 : to.state;
  }

  /** The key at which to begin in the state, whatever its prefix says; null for the first one. */
  byte @Nullable [] firstKey(int keyGroup, int state) {
    return from != null && keyGroup == keyGroups.getStartKeyGroup() && state == from.state
        ? from.key
        : null;
  }

  /** The key before which to end in the state, whatever its prefix says; null for none. */
  byte @Nullable [] endKey(int keyGroup, int state) {
    return to != null && keyGroup == keyGroups.getEndKeyGroup() && state == to.state
        ? to.key
        : null;
  }
}
