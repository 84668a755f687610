package io.basalt.statebackend.timer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Keys of one key group in the order of their bytes, each with a mark, in arrays: most come behind
 * all others and go before all others, and to move a few hundred references for one that does not
 * takes less than to keep a tree in balance, whose nodes are all over the heap. Task thread.
 */
final class SortedKeys {

  private static final int INITIAL_CAPACITY = 8;

  /**
   * A key group that has been empty has no larger arrays: there may be tens of thousands of them.
   */
  private static final int MOST_KEPT = 64;

  /** In place of a key that has gone. */
  static final byte[] NONE = {};

  private static final int STARTS = 2;

  private static final byte[][] NO_KEYS = {};
  private static final long[] NO_STARTS = {};

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** How many bytes all keys have in common at their beginning. */
  private final int prefixWidth;

  private byte[][] keys = NO_KEYS;

  /**
   * What follows the prefix of each key as two numbers, of a timer of Flink's its time and the
   * beginning of its key. Where many timers are for the same time, as those of windows are, the
   * first one would leave it to the bytes, and each look at those misses the processor's caches.
   */
  private long[] starts = NO_STARTS;

  private byte[] marks = NONE;

  /** Where the first key is; those before it have gone. */
  private int head;

  private int end;

  SortedKeys(int prefixWidth) {
    this.prefixWidth = prefixWidth;
  }

  int size() {
    return end - head;
  }

  boolean isEmpty() {
    return end == head;
  }

  /** The key at a place, counted from the first. */
  byte[] key(int place) {
    return keys[head + place];
  }

  byte mark(int place) {
    return marks[head + place];
  }

  void mark(int place, byte mark) {
    marks[head + place] = mark;
  }

  /** The place of a key, or if it is not there {@code -1 -} the place that it would have. */
  int find(byte[] key) {
    long first = start(key, prefixWidth);
    long second = start(key, prefixWidth + Long.BYTES);
    if (head == end || compare(key, first, second, end - 1) > 0) {
      return -1 - (end - head);
    }
    int low = head;
    int high = end - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(key, first, second, middle);
      if (order == 0) {
        return middle - head;
      }
      if (order < 0) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return -1 - (low - head);
  }

  private int compare(byte[] key, long first, long second, int at) {
    int order = Long.compare(first, starts[STARTS * at]);
    order = order != 0 ? order : Long.compare(second, starts[STARTS * at + 1]);
    return order != 0 ? order : Arrays.compareUnsigned(key, keys[at]);
  }

  /** Adds a key at its place. */
  void insert(int place, byte[] key, byte mark) {
    if (end == keys.length) {
      makeRoom();
    }
    int at = head + place;
    if (place == 0 && head > 0) {
      head--;
      at = head;
    } else {
      System.arraycopy(keys, at, keys, at + 1, end - at);
      System.arraycopy(starts, STARTS * at, starts, STARTS * (at + 1), STARTS * (end - at));
      System.arraycopy(marks, at, marks, at + 1, end - at);
      end++;
    }
    keys[at] = key;
    starts[STARTS * at] = start(key, prefixWidth);
    starts[STARTS * at + 1] = start(key, prefixWidth + Long.BYTES);
    marks[at] = mark;
  }

  /** The same with no mark. */
  void insert(int place, byte[] key) {
    insert(place, key, Change.NONE);
  }

  void remove(int place) {
    int at = head + place;
    if (place == 0) {
      keys[at] = NONE;
      head++;
    } else {
      end--;
      System.arraycopy(keys, at + 1, keys, at, end - at);
      System.arraycopy(starts, STARTS * (at + 1), starts, STARTS * at, STARTS * (end - at));
      System.arraycopy(marks, at + 1, marks, at, end - at);
      keys[end] = NONE;
    }
  }

  void clear() {
    if (keys.length > MOST_KEPT) {
      keys = NO_KEYS;
      starts = NO_STARTS;
      marks = NONE;
    } else {
      Arrays.fill(keys, head, end, NONE);
    }
    head = 0;
    end = 0;
  }

  private void makeRoom() {
    int size = size();
    if (keys.length == 0 || head < keys.length / 4) {
      int capacity = Math.max(INITIAL_CAPACITY, 2 * keys.length);
      keys = Arrays.copyOf(keys, capacity);
      starts = Arrays.copyOf(starts, STARTS * capacity);
      marks = Arrays.copyOf(marks, capacity);
    }
    System.arraycopy(keys, head, keys, 0, size);
    System.arraycopy(starts, STARTS * head, starts, 0, STARTS * size);
    System.arraycopy(marks, head, marks, 0, size);
    Arrays.fill(keys, size, end, NONE);
    head = 0;
    end = size;
  }

  /**
   * The bytes of a key from a position on as a number that compares as they do, with zeros behind
   * the last.
   */
  static long start(byte[] key, int from) {
    long first = 0;
    if (key.length - from >= Long.BYTES) {
      first = (long) LONGS.get(key, from);
    } else {
      for (int position = from; position < key.length; position++) {
        first |= (key[position] & 0xFFL) << (Long.SIZE - Byte.SIZE * (position - from + 1));
      }
    }
    // Bytes are compared without a sign.
    return first ^ Long.MIN_VALUE;
  }
}
