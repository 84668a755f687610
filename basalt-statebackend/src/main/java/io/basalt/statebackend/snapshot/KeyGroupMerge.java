package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The entries of all states in the order of a canonical snapshot: by key group, inside a key group
 * by state, inside a state by key.
 *
 * <p>Every state gives its own entries in order of key groups, so nothing needs comparing: a pass
 * over the states for each key group merges them. A state is known by its place in the meta data.
 * One thread at a time.
 */
final class KeyGroupMerge implements AutoCloseable {

  private final List<CanonicalState.Entries> states;
  private int lastKeyGroup;
  private int keyGroup;
  private int state;

  private KeyGroupMerge(List<CanonicalState.Entries> states) {
    this.states = states;
  }

  /** Opens all states. The caller closes the result. */
  static KeyGroupMerge open(List<? extends CanonicalState> states) throws IOException {
    List<CanonicalState.Entries> opened = new ArrayList<>(states.size());
    KeyGroupMerge merge = new KeyGroupMerge(opened);
    try {
      for (CanonicalState state : states) {
        opened.add(state.open());
      }
      return merge;
    } catch (IOException | RuntimeException | Error e) {
      merge.close();
      throw e;
    }
  }

  /** Whether all entries are bytes of tables as they are, which any number of merges may read. */
  boolean isOfTables() {
    return states.stream().allMatch(CanonicalState.Entries::areOfATable);
  }

  /** Goes to the key groups, which come after those before. */
  void enter(KeyGroupRange part) {
    // Before the first state of the first key group.
    keyGroup = part.getStartKeyGroup() - 1;
    state = states.size();
    lastKeyGroup = part.getEndKeyGroup();
  }

  /**
   * Adds the next entries, until the chunk is full or the key groups have no more.
   *
   * @return whether there may be more
   */
  boolean fill(EntryChunk chunk) throws IOException {
    while (!chunk.isFull()) {
      boolean added = state < states.size() && states.get(state).addNext(state, chunk);
      if (!added && !enterNext()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    states.forEach(CanonicalState.Entries::close);
  }

  /** Goes to the next state of the key group, or to the first one of the next key group. */
  private boolean enterNext() throws IOException {
    state++;
    if (state >= states.size()) {
      keyGroup++;
      state = 0;
    }
    if (keyGroup > lastKeyGroup || states.isEmpty()) {
      return false;
    }
    states.get(state).enter(keyGroup);
    return true;
  }
}
