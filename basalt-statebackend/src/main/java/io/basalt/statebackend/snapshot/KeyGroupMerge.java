package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyValueStateIterator;

/**
 * The entries of all states in the order of a canonical snapshot: by key group, inside a key group
 * by state, inside a state by key.
 *
 * <p>Every state gives its own entries in order of key groups, so nothing needs comparing: a pass
 * over the states for each key group merges them. A state is known by its place in the meta data.
 */
final class KeyGroupMerge implements KeyValueStateIterator {

  private final List<CanonicalState.Entries> states;
  private final int lastKeyGroup;
  private int keyGroup;
  private int state;
  private boolean valid;
  private boolean newKeyGroup = true;
  private boolean newState = true;

  private KeyGroupMerge(List<CanonicalState.Entries> states, KeyGroupRange range) {
    this.states = states;
    this.keyGroup = range.getStartKeyGroup();
    this.lastKeyGroup = range.getEndKeyGroup();
  }

  /** Opens all states and stands on the first entry. The caller closes the result. */
  static KeyGroupMerge open(List<? extends CanonicalState> states, KeyGroupRange range)
      throws IOException {
    List<CanonicalState.Entries> opened = new ArrayList<>(states.size());
    KeyGroupMerge merge = new KeyGroupMerge(opened, range);
    try {
      for (CanonicalState state : states) {
        opened.add(state.open());
      }
      merge.valid = merge.enterFrom(0);
      return merge;
    } catch (IOException | RuntimeException | Error e) {
      merge.close();
      throw e;
    }
  }

  @Override
  public void next() throws IOException {
    int previousKeyGroup = keyGroup;
    int previousState = state;
    valid = states.get(state).advance() || enterFrom(state + 1);
    newKeyGroup = keyGroup != previousKeyGroup;
    newState = newKeyGroup || state != previousState;
  }

  @Override
  public int keyGroup() {
    return keyGroup;
  }

  @Override
  public byte[] key() {
    return states.get(state).key();
  }

  @Override
  public byte[] value() {
    return states.get(state).value();
  }

  @Override
  public int kvStateId() {
    return state;
  }

  @Override
  public boolean isNewKeyValueState() {
    return newState;
  }

  @Override
  public boolean isNewKeyGroup() {
    return newKeyGroup;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void close() {
    states.forEach(CanonicalState.Entries::close);
  }

  /** Goes to the first entry of that state or a later one in this key group, or of a later one. */
  private boolean enterFrom(int firstState) throws IOException {
    int candidate = firstState;
    for (; keyGroup <= lastKeyGroup; keyGroup++) {
      for (; candidate < states.size(); candidate++) {
        if (states.get(candidate).enter(keyGroup)) {
          state = candidate;
          return true;
        }
      }
      candidate = 0;
    }
    return false;
  }
}
