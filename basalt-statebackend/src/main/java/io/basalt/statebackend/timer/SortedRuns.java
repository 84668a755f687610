package io.basalt.statebackend.timer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
    size -= keys.length - run.size();
    runs.add(run);
    unmerged = true;
    first = null;
  }

  private void mergeSome() {
    if (unmerged) {
      List<Run> next = shortestTwo();
      int length = next.stream().mapToInt(Run::size).sum();
      if (length > 0 && length <= MOST_MERGED_AT_ONCE) {
        RunMerge brief = mergeOf(next);
        brief.goOn(MOST_MERGED_AT_ONCE);
        end(brief);
        return;
      }
      if (length > 0 && merge == null) {
        merge = mergeOf(next);
      }
      unmerged = false;
    }
    if (merge != null && merge.goOn(STEPS)) {
      end(merge);
      merge = null;
    }
  }

  /** The next two to be merged, the shortest that are of about the same length; or none. */
  private List<Run> shortestTwo() {
    RunMerge underWay = merge;
    List<Run> free = new ArrayList<>(runs);
    free.removeIf(run -> underWay != null && underWay.isOf(run));
    free.sort(Comparator.comparingInt(Run::size));
    for (int next = 1; next < free.size(); next++) {
      if (free.get(next).size() < 2 * free.get(next - 1).size()) {
        return free.subList(next - 1, next + 1);
      }
    }
    return List.of();
  }

  /** To ask for each key whether it has to stay takes longer than to merge it: of most at once. */
  private RunMerge mergeOf(List<Run> two) {
    Run left = two.get(0);
    Run right = two.get(1);
    boolean areMost = left.size() + right.size() >= size / 2;
    return new RunMerge(left, right, areMost ? stays : key -> true);
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
