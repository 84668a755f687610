package io.basalt.benchmarks.eviction;

import java.util.Arrays;

/**
 * What a job does to its keys, in order. A change is a read and a write of a key by one record and
 * counts as one access, because the write always finds what the read has brought.
 */
final class Trace {

  static final int READ = 0;
  static final int CHANGE = 1;
  static final int CLEAR = 2;

  private static final int KIND_BITS = 2;
  private static final int KIND_MASK = (1 << KIND_BITS) - 1;

  private int[] steps;
  private int length;
  private int keys;

  Trace(int expectedLength) {
    steps = new int[Math.max(16, expectedLength)];
  }

  void read(int key) {
    add(key, READ);
  }

  void change(int key) {
    add(key, CHANGE);
  }

  void clear(int key) {
    add(key, CLEAR);
  }

  /** Adds what another trace does, from a place to another, to keys from a first one on. */
  void addAll(Trace other, int from, int to, int firstKey) {
    for (int step = from; step < to; step++) {
      add(other.key(step) + firstKey, other.kind(step));
    }
  }

  private void add(int key, int kind) {
    if (key < 0 || key > Integer.MAX_VALUE >> KIND_BITS) {
      throw new IllegalArgumentException("A key that is " + key);
    }
    if (length == steps.length) {
      steps = Arrays.copyOf(steps, length + length / 2);
    }
    steps[length++] = key << KIND_BITS | kind;
    keys = Math.max(keys, key + 1);
  }

  int length() {
    return length;
  }

  /** All keys are below. */
  int keys() {
    return keys;
  }

  int key(int step) {
    return steps[step] >>> KIND_BITS;
  }

  int kind(int step) {
    return steps[step] & KIND_MASK;
  }

  int distinctKeys() {
    long[] seen = new long[keys / Long.SIZE + 1];
    int distinct = 0;
    for (int step = 0; step < length; step++) {
      int key = key(step);
      if ((seen[key / Long.SIZE] & 1L << key) == 0) {
        seen[key / Long.SIZE] |= 1L << key;
        distinct++;
      }
    }
    return distinct;
  }
}
