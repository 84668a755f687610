package io.basalt.statebackend.timer;

import java.util.Arrays;

/** Keys of one key group in the order of their bytes, which go from the first on. Task thread. */
final class Run {

  private static final int STARTS = 2;

  private final byte[][] keys;

  /** Of each key two numbers, of a timer of Flink's its time and the beginning of its key. */
  private final long[] starts;

  /** Where the first is; those before it have gone. */
  int head;

  int end;

  /** Without keys, with room for some. */
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

  byte[] first() {
    return keys[head];
  }

  byte[] key(int place) {
    return keys[place];
  }

  /** Behind the others; but a key that is the last already. */
  void add(byte[] key, long firstStart, long secondStart) {
    if (!isEmpty() && Arrays.equals(keys[end - 1], key)) {
      return;
    }
    keys[end] = key;
    starts[STARTS * end] = firstStart;
    starts[STARTS * end + 1] = secondStart;
    end++;
  }

  /** The same of a key of another run. */
  void add(Run other, int place) {
    add(other.keys[place], other.starts[STARTS * place], other.starts[STARTS * place + 1]);
  }

  void removeFirst() {
    keys[head] = SortedKeys.NONE;
    head++;
  }

  /** Compares the key at a place of a run with that at a place of another one. */
  static int compare(Run left, int atLeft, Run right, int atRight) {
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
}
