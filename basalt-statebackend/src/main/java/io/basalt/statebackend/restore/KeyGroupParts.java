package io.basalt.statebackend.restore;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/** Parts of a restore that threads take one after the other: about as many key groups each. */
final class KeyGroupParts {

  /** Each part has a file of its own at least: small states are to have few. */
  private static final long LEAST_BYTES_OF_A_PART = 8 << 20;

  private static final int MOST_PARTS = 4;

  private KeyGroupParts() {}

  /**
   * The parts of a range, in order.
   *
   * @param bytes what there is to be restored, about
   */
  static List<KeyGroupRange> of(KeyGroupRange range, long bytes) {
    return of(range, bytes, MOST_PARTS);
  }

  /** The same, at most so many. */
  static List<KeyGroupRange> of(KeyGroupRange range, long bytes, int most) {
    long groups = range.getNumberOfKeyGroups();
    long worth = bytes / LEAST_BYTES_OF_A_PART + 1;
    int count = (int) Math.min(Math.min(Math.min(MOST_PARTS, most), worth), groups);
    List<KeyGroupRange> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      int first = range.getStartKeyGroup() + (int) (groups * part / count);
      int behind = range.getStartKeyGroup() + (int) (groups * (part + 1) / count);
      parts.add(KeyGroupRange.of(first, behind - 1));
    }
    return parts;
  }
}
