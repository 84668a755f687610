package io.basalt.statebackend.restore;

import java.util.Arrays;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;

/**
 * About how many bytes of a snapshot are of some key groups, as far as its handle says. A handle of
 * key groups that Flink has cut to a task's part says which those are but, as its size, that of the
 * whole file: there the distances of the key groups in the file count.
 */
public final class HandleBytes {

  private HandleBytes() {}

  /** Those of the key groups that the handle has of the range. Any thread. */
  public static long within(KeyedStateHandle handle, KeyGroupRange range) {
    KeyGroupRange theirs = handle.getKeyGroupRange();
    KeyGroupRange wanted = theirs.getIntersection(range);
    if (wanted.getNumberOfKeyGroups() == 0) {
      return 0;
    }
    return handle instanceof KeyGroupsStateHandle keyGroups
        ? inStream(keyGroups, wanted)
        : handle.getStateSize() / theirs.getNumberOfKeyGroups() * wanted.getNumberOfKeyGroups();
  }

  private static long inStream(KeyGroupsStateHandle handle, KeyGroupRange wanted) {
    long[] offsets = new long[wanted.getNumberOfKeyGroups()];
    int count = 0;
    for (int keyGroup : wanted) {
      long offset = handle.getOffsetForKeyGroup(keyGroup);
      // 0 says that it has no entries, where it says so at all.
      if (offset > 0) {
        offsets[count++] = offset;
      }
    }
    if (count == 0) {
      return 0;
    }
    Arrays.sort(offsets, 0, count);
    long toTheEnd = Math.max(0, handle.getStateSize() - offsets[0]);
    // Where the last of them ends nobody says: it is taken to be as long as the others are.
    long distance = offsets[count - 1] - offsets[0];
    return count == 1 ? toTheEnd : Math.min(toTheEnd, distance / (count - 1) * count);
  }
}
