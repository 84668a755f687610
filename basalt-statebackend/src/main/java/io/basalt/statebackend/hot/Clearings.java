package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ranges of a table's keys that were removed below at once, as those of a large map: to look each
 * of the entries up, only to forget it, would take longer than the removal. Instead an entry is
 * asked when it is next found whether it is of before such a removal. Task thread.
 *
 * <p>They are numbered; an entry has the number of the last that it is known to be of after, of
 * which two bytes are kept. An entry that nobody has found for so long that the ranges since are
 * not remembered any more counts as removed: it is as it is below, for there are no changes when a
 * range is removed. So that no number comes round before its entry was seen, a part of all entries
 * is looked at with each removal.
 */
final class Clearings {

  /** How many are remembered. */
  private static final int REMEMBERED = 1 << 12;

  /** All entries are looked at once in so many. A number comes round after eight times as many. */
  private static final int OF_A_ROUND = 1 << 13;

  private static final int NUMBERS = 1 << Short.SIZE;

  /** By their lower bounds; no two of them overlap. */
  private final TreeMap<byte[], Clearing> ranges = new TreeMap<>(Arrays::compareUnsigned);

  /** The oldest first. */
  private final Deque<Clearing> inOrder = new ArrayDeque<>();

  private long last;

  private record Clearing(Bounds range, long number) {}

  /** That of the last one; an entry that comes now is of after all of them. */
  short number() {
    return (short) last;
  }

  /** All keys of the range have been removed below, and there are no changes of the table. */
  void add(Bounds removed) {
    last++;
    byte[] lower = removed.lowerInclusive();
    byte[] upper = removed.upperExclusive();
    // Those that overlap become one: an entry that is taken for removed is read below, no more.
    for (Map.Entry<byte[], Clearing> other = ranges.lowerEntry(upper);
        other != null
            && Arrays.compareUnsigned(other.getValue().range().upperExclusive(), lower) > 0;
        other = ranges.lowerEntry(upper)) {
      lower = min(lower, other.getKey());
      upper = max(upper, other.getValue().range().upperExclusive());
      ranges.remove(other.getKey());
    }
    Clearing clearing = new Clearing(new Bounds(lower, upper), last);
    ranges.put(lower, clearing);
    inOrder.add(clearing);
    if (inOrder.size() > REMEMBERED) {
      Clearing oldest = inOrder.remove();
      ranges.remove(oldest.range().lowerInclusive(), oldest);
    }
  }

  private static byte[] min(byte[] left, byte[] right) {
    return Arrays.compareUnsigned(left, right) <= 0 ? left : right;
  }

  private static byte[] max(byte[] left, byte[] right) {
    return Arrays.compareUnsigned(left, right) >= 0 ? left : right;
  }

  /**
   * Whether an entry's key is one of the range. Those with a namespace are of none: maps, which
   * whoever removes a range of keys deals with himself.
   */
  static boolean isOf(Bounds range, HotEntry entry) {
    return entry.namespace == null && range.contain(((StoredBytes) entry.key).bytes());
  }

  /** Whether the entry's key, of {@link StoredBytes}, has not been removed since it came. */
  boolean isThere(HotEntry entry) {
    int since = since(entry);
    if (since == 0) {
      return true;
    }
    if (since > REMEMBERED || isRemoved(entry, last - since)) {
      return false;
    }
    entry.clearing = number();
    return true;
  }

  private boolean isRemoved(HotEntry entry, long since) {
    if (entry.namespace != null) {
      return false;
    }
    byte[] key = ((StoredBytes) entry.key).bytes();
    Map.Entry<byte[], Clearing> before = ranges.floorEntry(key);
    return before != null
        && before.getValue().number() > since
        && before.getValue().range().contain(key);
  }

  /** How many buckets of so many are to be looked at with each removal. */
  static int bucketsToSee(int buckets) {
    return buckets / OF_A_ROUND + 1;
  }

  /** The entry is seen, so that its number does not come round. */
  void see(HotEntry entry) {
    if (since(entry) > REMEMBERED) {
      entry.clearing = (short) (last - REMEMBERED - 1);
    }
  }

  private int since(HotEntry entry) {
    return ((int) last - entry.clearing) & (NUMBERS - 1);
  }

  /** There are no entries of before any of them. */
  void forget() {
    ranges.clear();
    inOrder.clear();
  }
}
