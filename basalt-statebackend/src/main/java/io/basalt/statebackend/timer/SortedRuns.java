package io.basalt.statebackend.timer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one key group that come in any order, each maybe several times, and go from the first on,
 * many at once. What has come is put in order when the first one is asked for, and is a run then;
 * of two runs of about the same length one is made. So keys are compared that lie one behind the
 * other. In a heap, of each that goes, as many are as it has levels, twice, and each anywhere in
 * memory. Task thread.
 */
final class SortedRuns {

  private static final int FEW = 16;

  /** To put more in order at once would be a stall. */
  private static final int MOST_IN_NO_ORDER = 1 << 10;

  private static final int STARTS = 2;

  private final int prefixWidth;
  private final List<Run> runs = new ArrayList<>();
  private byte[][] inNoOrder = new byte[FEW][];
  private int added;
  private int size;

  /** The one that has the first key of all; null if that is not known. */
  private @Nullable Run first;

  /**
   * Without keys.
   *
   * @param prefixWidth how many bytes all keys have in common at their beginning
   */
  SortedRuns(int prefixWidth) {
    this.prefixWidth = prefixWidth;
  }

  int size() {
    return size;
  }

  void add(byte[] key) {
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
    return run == null ? null : run.keys[run.head];
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

  /** Takes out all. */
  List<byte[]> removeAll() {
    List<byte[]> all = new ArrayList<>(size);
    for (Run run : runs) {
      all.addAll(Arrays.asList(run.keys).subList(run.head, run.keys.length));
    }
    all.addAll(Arrays.asList(inNoOrder).subList(0, added));
    runs.clear();
    inNoOrder = new byte[FEW][];
    added = 0;
    size = 0;
    first = null;
    return all;
  }

  private @Nullable Run firstRun() {
    if (added > 0) {
      putInOrder();
    }
    if (first == null) {
      for (Run run : runs) {
        if (first == null || compare(run, run.head, first, first.head) < 0) {
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
    Run last = new Run(keys.length);
    for (byte[] key : keys) {
      last.add(
          key, SortedKeys.start(key, prefixWidth), SortedKeys.start(key, prefixWidth + Long.BYTES));
    }
    for (int before = runs.size() - 1;
        before >= 0 && runs.get(before).size() < 2 * last.size();
        before--) {
      last = merge(runs.remove(before), last);
    }
    runs.add(last);
    first = null;
  }

  private static Run merge(Run left, Run right) {
    Run merged = new Run(left.size() + right.size());
    int atLeft = left.head;
    int atRight = right.head;
    while (atLeft < left.end && atRight < right.end) {
      if (compare(left, atLeft, right, atRight) <= 0) {
        merged.add(left, atLeft);
        atLeft++;
      } else {
        merged.add(right, atRight);
        atRight++;
      }
    }
    merged.addAll(left, atLeft);
    merged.addAll(right, atRight);
    return merged;
  }

  private static int compare(Run left, int atLeft, Run right, int atRight) {
    for (int start = 0; start < STARTS; start++) {
      int order =
          Long.compare(
              left.starts[STARTS * atLeft + start], right.starts[STARTS * atRight + start]);
      if (order != 0) {
        return order;
      }
    }
    return Arrays.compareUnsigned(left.keys[atLeft], right.keys[atRight]);
  }

  /** Keys in order. */
  private static final class Run {

    final byte[][] keys;

    /** Of each key two numbers, of a timer of Flink's its time and the beginning of its key. */
    final long[] starts;

    int head;
    int end;

    Run(int capacity) {
      this.keys = new byte[capacity][];
      this.starts = new long[STARTS * capacity];
    }

    int size() {
      return end - head;
    }

    boolean isEmpty() {
      return head == end;
    }

    void add(byte[] key, long firstStart, long secondStart) {
      keys[end] = key;
      starts[STARTS * end] = firstStart;
      starts[STARTS * end + 1] = secondStart;
      end++;
    }

    void add(Run other, int place) {
      add(other.keys[place], other.starts[STARTS * place], other.starts[STARTS * place + 1]);
    }

    void addAll(Run other, int from) {
      int length = other.end - from;
      System.arraycopy(other.keys, from, keys, end, length);
      System.arraycopy(other.starts, STARTS * from, starts, STARTS * end, STARTS * length);
      end += length;
    }

    void removeFirst() {
      keys[head] = SortedKeys.NONE;
      head++;
    }
  }
}
