package io.basalt.statebackend.restore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Puts entries in the order of their keys, bytes unsigned; equal ones stay in the order in which
 * they came.
 *
 * <p>To compare two keys means to fetch both from memory, and a sort of some thousands does so a
 * dozen times for each. So of each key the first bytes in which any of them differ go into a
 * number, together with the position of its entry, and the numbers are sorted; what they leave
 * undecided is compared.
 */
final class KeyOrder {

  private KeyOrder() {}

  /** Sorts the list. */
  static <E> void sort(List<E> entries, Function<E, byte[]> keyOf) {
    int count = entries.size();
    if (count < 2) {
      return;
    }
    int positionBits = Long.SIZE - Long.numberOfLeadingZeros(count - 1);
    long[] order = order(entries, keyOf, positionBits);
    Arrays.sort(order);
    List<E> sorted = new ArrayList<>(count);
    for (long number : order) {
      sorted.add(entries.get((int) (number & ((1L << positionBits) - 1))));
    }
    Comparator<E> byKey =
        (left, right) -> Arrays.compareUnsigned(keyOf.apply(left), keyOf.apply(right));
    int first = 0;
    for (int behind = 1; behind <= count; behind++) {
      if (behind == count || order[behind] >>> positionBits != order[first] >>> positionBits) {
        if (behind - first > 1) {
          sorted.subList(first, behind).sort(byKey);
        }
        first = behind;
      }
    }
    entries.clear();
    entries.addAll(sorted);
  }

  /** Signed numbers, each with the position in its last bits. */
  private static <E> long[] order(List<E> entries, Function<E, byte[]> keyOf, int positionBits) {
    int common = commonBytes(entries, keyOf);
    long[] order = new long[entries.size()];
    for (int position = 0; position < order.length; position++) {
      long head = head(keyOf.apply(entries.get(position)), common);
      order[position] = (head >>> positionBits << positionBits | position) ^ Long.MIN_VALUE;
    }
    return order;
  }

  /** How many bytes all keys begin with. */
  private static <E> int commonBytes(List<E> entries, Function<E, byte[]> keyOf) {
    byte[] first = keyOf.apply(entries.get(0));
    int common = first.length;
    for (int i = 1; i < entries.size() && common > 0; i++) {
      byte[] key = keyOf.apply(entries.get(i));
      int differs = Arrays.mismatch(first, 0, common, key, 0, Math.min(common, key.length));
      common = differs < 0 ? Math.min(common, key.length) : differs;
    }
    return common;
  }

  /** Eight bytes of a key; where it ends there are zeros, so that it is not behind a longer one. */
  private static long head(byte[] key, int offset) {
    long head = 0;
    for (int i = offset; i < offset + Long.BYTES; i++) {
      head = head << Byte.SIZE | (i < key.length ? key[i] & 0xFF : 0);
    }
    return head;
  }
}
