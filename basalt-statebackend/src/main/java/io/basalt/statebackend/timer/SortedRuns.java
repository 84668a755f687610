package io.basalt.statebackend.timer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one key group that come in any order, each maybe several times, and go from the first on,
 * many at once. What has come is put in order when the first one is asked for, and is a run then;
 * of two runs of about the same length one is made, of equal keys one, and without those that need
 * not stay. So keys are compared that lie one behind the other. In a heap, of each that goes, as
 * many are as it has levels, twice, and each anywhere in memory.
 *
 * <p>Long runs are merged bit by bit, a few keys with each that comes: hundreds of thousands at
 * once would be a stall. Until they are both go on to be read. Nothing is merged while keys go.
 * Task thread.
 */
final class SortedRuns {

  private static final int FEW = 16;

  /** To put more in order at once would be a stall. */
  private static final int MOST_IN_NO_ORDER = 1 << 10;

  /** Nor are more merged at once. */
  private static final int MOST_MERGED_AT_ONCE = 1 << 12;

  /**
   * Otherwise so many with each key that comes: more than ever have to be, which is one for each
   * time that what is in order doubles.
   */
  private static final int STEPS = 32;

  private final int prefixWidth;
  private final Predicate<byte[]> stays;
  private final List<Run> runs = new ArrayList<>();
  private byte[][] inNoOrder = new byte[FEW][];
  private int added;
  private int size;

  /** The one that has the first key of all; null if that is not known. */
  private @Nullable Run first;

  /** Of two long runs, under way. */
  private @Nullable RunMerge merge;

  /** Whether there may be others that are to be merged. */
  private boolean unmerged;

  /**
   * Without keys.
   *
   * @param prefixWidth how many bytes all keys have in common at their beginning
   * @param stays whether a key has to stay; asked when another one is added, before that is there
   */
  SortedRuns(int prefixWidth, Predicate<byte[]> stays) {
    this.prefixWidth = prefixWidth;
    this.stays = stays;
  }

  /** With those that came several times, or need not stay. */
  int size() {
    return size;
  }

  void add(byte[] key) {
    mergeSome();
    if (added == inNoOrder.length) {
      if (added < MOST_IN_NO_ORDER) {
        inNoOrder = Arrays.copyOf(inNoOrder, 2 * added);
      } else {
        putInOrder();
      }
    }
    inNoOrder[added] = key;
    added++;
    size++;
  }

  /** The first one in the order of their bytes, or null if there is none. */
  byte @Nullable [] first() {
    Run run = firstRun();
    return run == null ? null : run.first();
  }

  /** Takes it out, once. */
  void removeFirst() {
    Run run = firstRun();
    if (run == null) {
      throw new IllegalStateException("There is no key to be taken out.");
    }
    run.removeFirst();
    if (run.isEmpty()) {
      runs.remove(run);
    }
    first = null;
    size--;
  }

  private @Nullable Run firstRun() {
    if (added > 0) {
      putInOrder();
    }
    if (first == null) {
      for (Run run : runs) {
        if (first == null || Run.compare(run, run.head, first, first.head) < 0) {
          first = run;
        }
      }
    }
    return first;
  }

  private void putInOrder() {
    byte[][] keys = Arrays.copyOf(inNoOrder, added);
    Arrays.fill(inNoOrder, 0, added, SortedKeys.NONE);
    added = 0;
    Arrays.sort(keys, Arrays::compareUnsigned);
    Run run = new Run(keys.length);
    for (byte[] key : keys) {
      run.add(
          key, SortedKeys.start(key, prefixWidth), SortedKeys.start(key, prefixWidth + Long.BYTES));
    }
    runs.add(run);
    unmerged = true;
    first = null;
  }

  private void mergeSome() {
    if (unmerged) {
      RunMerge next = shortestTwo();
      unmerged = next != null;
      if (next != null && next.length() <= MOST_MERGED_AT_ONCE) {
        next.goOn(MOST_MERGED_AT_ONCE);
        end(next);
        return;
      }
      merge = merge == null ? next : merge;
      unmerged = false;
    }
    if (merge != null && merge.goOn(STEPS)) {
      end(merge);
      merge = null;
    }
  }

  /** The next two to be merged, if they are of about the same length. */
  private @Nullable RunMerge shortestTwo() {
    Run shortest = null;
    Run next = null;
    for (Run run : runs) {
      if (merge != null && merge.isOf(run)) {
        continue;
      }
      if (shortest == null || run.size() < shortest.size()) {
        next = shortest;
        shortest = run;
      } else if (next == null || run.size() < next.size()) {
        next = run;
      }
    }
    if (shortest == null || next == null || next.size() >= 2 * shortest.size()) {
      return null;
    }
    // To ask for each key whether it has to stay takes longer than to merge it: once for each time
    // that there are twice as many.
    boolean most = shortest.size() + next.size() >= size / 2;
    return new RunMerge(shortest, next, most ? stays : key -> true);
  }

  private void end(RunMerge ended) {
    Run merged = ended.end();
    size += merged.size() - ended.length();
    runs.removeIf(ended::isOf);
    if (!merged.isEmpty()) {
      runs.add(merged);
    }
    unmerged = true;
    first = null;
  }
}
