package io.basalt.statebackend.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the order of many keys, bytes unsigned, and of equal ones that in which they came.
 *
 * <p>Eight bytes of each at a time, as a number: those are distributed by one byte after the other,
 * but for bytes that all have in common. To compare keys with each other takes several times as
 * long, for each comparison reaches both and nobody foresees what comes of it. One thread at a
 * time.
 */
public final class KeySorter {

  /** So few are compared one by one. */
  private static final int FEW = 24;

  private static final int INITIAL_KEYS = 64;

  /** For more than that no room is kept: there is a sorter for each backend. */
  private static final int MOST_KEPT = 1 << 12;

  private static final int BYTE_VALUES = 1 << Byte.SIZE;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] @Nullable [] arrays = new byte[INITIAL_KEYS][];
  private int[] begins = new int[INITIAL_KEYS];
  private int[] ends = new int[INITIAL_KEYS];
  private int size;

  /** Numbers of keys, where {@link #words} has bytes of each; the others are for the next pass. */
  private int[] order = new int[0];

  private long[] words = new long[0];
  private int[] otherOrder = new int[0];
  private long[] otherWords = new long[0];
  private final int[] places = new int[BYTE_VALUES];

  /** The next key, which must stay as it is. */
  public void add(byte[] array, int begin, int end) {
    if (size == arrays.length) {
      // All or none: there may be no memory for the last one.
      int[] moreBegins = Arrays.copyOf(begins, 2 * size);
      int[] moreEnds = Arrays.copyOf(ends, 2 * size);
      arrays = Arrays.copyOf(arrays, 2 * size);
      begins = moreBegins;
      ends = moreEnds;
    }
    arrays[size] = array;
    begins[size] = begin;
    ends[size] = end;
    size++;
  }

  /** How many keys there are. */
  public int size() {
    return size;
  }

  /**
   * The numbers of all keys, counted as they came, in the order of the keys. Of the array the first
   * {@link #size} count, until the next call.
   */
  public int[] inOrder() {
    if (order.length < size) {
      words = new long[arrays.length];
      otherOrder = new int[arrays.length];
      otherWords = new long[arrays.length];
      order = new int[arrays.length];
    }
    for (int key = 0; key < size; key++) {
      order[key] = key;
    }
    sort(0, size, 0);
    return order;
  }

  /** Forgets all keys. */
  public void clear() {
    if (size > MOST_KEPT) {
      arrays = new byte[INITIAL_KEYS][];
      begins = new int[INITIAL_KEYS];
      ends = new int[INITIAL_KEYS];
      order = new int[0];
      words = new long[0];
      otherOrder = new int[0];
      otherWords = new long[0];
    } else {
      Arrays.fill(arrays, 0, size, null);
    }
    size = 0;
  }

  /** Of keys that have their first bytes in common, and more than those unless these are none. */
  private void sort(int begin, int end, int common) {
    int from = common;
    while (end - begin > FEW) {
      long differing = readWords(begin, end, from);
      from += Long.BYTES;
      if (differing != 0) {
        distribute(begin, end, differing);
        sortEqual(begin, end, from);
        return;
      }
      if (!areLonger(begin, end, from)) {
        sortEnding(begin, end);
        return;
      }
    }
    sortFew(begin, end);
  }

  /** Says in which bits they differ. */
  private long readWords(int begin, int end, int from) {
    long first = word(order[begin], from);
    long differing = 0;
    for (int place = begin; place < end; place++) {
      long word = word(order[place], from);
      words[place] = word;
      differing |= word ^ first;
    }
    return differing;
  }

  private long word(int key, int from) {
    byte[] array = array(key);
    int begin = begins[key] + from;
    int length = ends[key] - begin;
    if (length >= Long.BYTES) {
      return (long) LONGS.get(array, begin);
    }
    long word = 0;
    for (int position = 0; position < length; position++) {
      word |= (array[begin + position] & 0xFFL) << (Long.SIZE - Byte.SIZE * (position + 1));
    }
    return word;
  }

  /** By one byte after the other, the last one first: each pass leaves equal ones as they are. */
  private void distribute(int begin, int end, long differing) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if ((differing >>> shift & (BYTE_VALUES - 1)) != 0) {
        distribute(begin, end, shift);
      }
    }
  }

  private void distribute(int begin, int end, int shift) {
    Arrays.fill(places, 0);
    for (int place = begin; place < end; place++) {
      places[byteOf(words[place], shift)]++;
    }
    int next = begin;
    for (int value = 0; value < BYTE_VALUES; value++) {
      int count = places[value];
      places[value] = next;
      next += count;
    }
    for (int place = begin; place < end; place++) {
      long word = words[place];
      int to = places[byteOf(word, shift)]++;
      otherWords[to] = word;
      otherOrder[to] = order[place];
    }
    System.arraycopy(otherWords, begin, words, begin, end - begin);
    System.arraycopy(otherOrder, begin, order, begin, end - begin);
  }

  private static int byteOf(long word, int shift) {
    return (int) (word >>> shift) & (BYTE_VALUES - 1);
  }

  /** Those that are equal so far, by what comes behind. */
  private void sortEqual(int begin, int end, int from) {
    int first = begin;
    while (first < end) {
      int next = first + 1;
      while (next < end && words[next] == words[first]) {
        next++;
      }
      if (next - first <= FEW) {
        sortFew(first, next);
      } else if (areLonger(first, next, from)) {
        sort(first, next, from);
      } else {
        sortEnding(first, next);
      }
      first = next;
    }
  }

  private boolean areLonger(int begin, int end, int length) {
    for (int place = begin; place < end; place++) {
      if (length(order[place]) <= length) {
        return false;
      }
    }
    return true;
  }

  /** Some of them end within the bytes that they have in common, with zeros behind. */
  private void sortEnding(int begin, int end) {
    // Seldom more than one key that came again and again.
    Integer[] few = new Integer[end - begin];
    for (int place = begin; place < end; place++) {
      few[place - begin] = order[place];
    }
    Arrays.sort(few, (Comparator<Integer>) this::compare);
    for (int place = begin; place < end; place++) {
      order[place] = few[place - begin];
    }
  }

  private void sortFew(int begin, int end) {
    for (int sorted = begin + 1; sorted < end; sorted++) {
      int key = order[sorted];
      int place = sorted;
      while (place > begin && compare(order[place - 1], key) > 0) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = key;
    }
  }

  private int compare(int left, int right) {
    return Arrays.compareUnsigned(
        array(left), begins[left], ends[left], array(right), begins[right], ends[right]);
  }

  private int length(int key) {
    return ends[key] - begins[key];
  }

  private byte[] array(int key) {
    byte[] array = arrays[key];
    if (array == null) {
      throw new IllegalStateException("There is no key " + key + " of " + size + ".");
    }
    return array;
  }
}
