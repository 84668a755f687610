package io.basalt.statebackend.restore;

import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The handles whose files become the database of a task; entries of all others are copied into it.
 *
 * @param handles the first keeps the names of its files; none if the database begins empty
 * @param whole whether all files are taken, of the one handle
 * @param kept what lies outside of this is to be deleted
 */
record ChosenFiles(List<HandleDescription> handles, boolean whole, KeyGroupRange kept) {

  /**
   * A base that is so many times larger than all that is to be copied above it is kept: to copy it
   * as well, and to store all of it again, would take longer than RocksDB takes to merge the rest.
   */
  private static final int LARGER_BASE = 4;

  /**
   * Chooses.
   *
   * @param files all handles with files that have key groups of the range
   */
  static ChosenFiles of(
      List<HandleDescription> files, KeyGroupRange range, RescaleSettings settings) {
    List<HandleDescription> candidates =
        files.stream()
            .filter(handle -> handle.overlapFraction(range) >= settings.overlapFraction())
            .sorted(bestFirst(range))
            .toList();
    if (candidates.isEmpty()) {
      return new ChosenFiles(List.of(), true, range);
    }
    HandleDescription best = candidates.get(0);
    boolean isAllThereIs = files.size() == 1 && best.isInside(range);
    if (isAllThereIs || best.spread() == null || !settings.leaveOutFiles()) {
      return new ChosenFiles(List.of(best), true, range);
    }
    List<HandleDescription> joined =
        settings.joinFiles() ? JoinableHandles.of(candidates, range) : List.of();
    if (keyGroups(joined, range) >= keyGroups(List.of(best), range)) {
      return new ChosenFiles(joined, false, range);
    }
    if (best.isConfinedWithin(range)) {
      return new ChosenFiles(List.of(best), false, range);
    }
    // Copies would lie above its files, which reach over them, in level 0.
    long beside = bytesBeside(best, files, range);
    boolean isWorthMore = best.bytesWithin(range) / LARGER_BASE > beside;
    return beside > settings.mostBytesAbove() && !isWorthMore
        ? new ChosenFiles(List.of(), true, range)
        : new ChosenFiles(List.of(best), false, best.within(range));
  }

  private static long bytesBeside(
      HandleDescription best, List<HandleDescription> files, KeyGroupRange range) {
    return files.stream()
        .filter(handle -> handle.index() != best.index())
        .mapToLong(handle -> handle.bytesWithin(range))
        .sum();
  }

  /** The one that saves the most copying; of equals the one with the least to delete. */
  private static Comparator<HandleDescription> bestFirst(KeyGroupRange range) {
    return Comparator.<HandleDescription>comparingInt(handle -> keyGroups(List.of(handle), range))
        .thenComparingDouble(handle -> handle.overlapFraction(range))
        .reversed();
  }

  private static int keyGroups(List<HandleDescription> handles, KeyGroupRange range) {
    return handles.stream().mapToInt(handle -> handle.within(range).getNumberOfKeyGroups()).sum();
  }
}
