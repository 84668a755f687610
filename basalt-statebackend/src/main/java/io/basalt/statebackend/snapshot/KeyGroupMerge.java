package io.basalt.statebackend.snapshot;

import static org.apache.flink.util.Preconditions.checkNotNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private @Nullable ReadPart part;
  private CanonicalState.@Nullable Entries entered;
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

  /** Goes to the part, which comes after those before. */
  void enter(ReadPart next) {
    part = next;
    entered = null;
    // Before the first state: it is entered next.
    keyGroup = next.keyGroups().getStartKeyGroup();
    state = next.firstState() - 1;
  }

  /**
   * Adds the next entries, until the chunk is full or the part has no more.
   *
   * @return whether there may be more
   */
  boolean fill(EntryChunk chunk) throws IOException {
    ReadPart reading = checkNotNull(part, "No part has been entered.");
    while (!chunk.isFull()) {
      boolean added = entered != null && entered.addNext(state, chunk);
      if (!added && !enterNext(reading)) {
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
  private boolean enterNext(ReadPart of) throws IOException {
    boolean inLast = keyGroup == of.keyGroups().getEndKeyGroup();
    if (states.isEmpty() || (inLast && state == of.lastState(states.size()))) {
      return false;
    }
    state++;
    if (state == states.size()) {
      keyGroup++;
      state = 0;
    }
    entered = states.get(state);
    entered.enter(keyGroup, of.firstKey(keyGroup, state), of.endKey(keyGroup, state));
    return true;
  }
}
