package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changed entries in the order of their keys' bytes, for a table of {@link StoredBytes}: of each
 * key the one that was changed last, whatever came first here. One that is no change any more is
 * passed over; it comes again if it is changed again. Task thread.
 *
 * <p>In leaves of some hundreds, which are put in order when somebody looks at them or when they
 * are full: a tree of all entries has as many levels that miss the processor's caches.
 */
final class OrderedEntries {

  /** Beside references: 24 itself, 24 and 16 for its list and the array, 40 the tree's node. */
  private static final int LEAF_BYTES = 104;

  /**
   * A reference, and its part of what the arrays have to spare: a quarter, as they grow by half.
   */
  private static final int ENTRY_BYTES = 5;

  /** Of one key the one of the latest epoch first. */
  private static final Comparator<HotEntry> ORDER =
      (left, right) -> {
        int keys = Arrays.compareUnsigned(key(left), key(right));
        return keys != 0 ? keys : Integer.compare(right.epoch, left.epoch);
      };

  /** So few are put into a leaf in order one by one. */
  private static final int FEW = 8;

  private final int mostOfALeaf;

  /** By the first key that can be in each. */
  private final TreeMap<byte[], Leaf> leaves = new TreeMap<>(Arrays::compareUnsigned);

  private int entries;

  /**
   * None.
   *
   * @param mostOfALeaf at least two
   */
  OrderedEntries(int mostOfALeaf) {
    this.mostOfALeaf = mostOfALeaf;
    leaves.put(new byte[0], new Leaf(new ArrayList<>()));
  }

  static byte[] key(HotEntry entry) {
    return ((StoredBytes) entry.key).bytes();
  }

  /** About what it takes on the heap. */
  long heapBytes() {
    return (long) leaves.size() * LEAF_BYTES + (long) entries * ENTRY_BYTES;
  }

  /** Puts entries in order, and keeps the last of each key. */
  static void order(List<HotEntry> some) {
    some.sort(ORDER);
    int kept = 0;
    for (HotEntry entry : some) {
      if (kept == 0 || !Arrays.equals(key(some.get(kept - 1)), key(entry))) {
        some.set(kept, entry);
        kept++;
      }
    }
    some.subList(kept, some.size()).clear();
  }

  /** A changed entry, which may be here. */
  void put(HotEntry entry) {
    Leaf leaf = leaves.floorEntry(key(entry)).getValue();
    leaf.entries.add(entry);
    entries++;
    split(leaf);
  }

  /** The same of some that are in {@link #order}: a leaf is looked for once. */
  void putAll(List<HotEntry> some) {
    for (int next = 0; next < some.size(); ) {
      Map.Entry<byte[], Leaf> at = leaves.floorEntry(key(some.get(next)));
      byte[] end = leaves.higherKey(at.getKey());
      Leaf leaf = at.getValue();
      int first = next;
      while (next < some.size()
          && (end == null || Arrays.compareUnsigned(key(some.get(next)), end) < 0)) {
        next++;
      }
      leaf.entries.addAll(some.subList(first, next));
      entries += next - first;
      split(leaf);
    }
  }

  /** Into halves, or as many as are about half full. */
  private void split(Leaf leaf) {
    if (leaf.entries.size() <= mostOfALeaf) {
      return;
    }
    leaf.order();
    List<HotEntry> all = leaf.entries;
    if (all.size() <= mostOfALeaf / 2) {
      return;
    }
    int parts = Math.max(2, all.size() / (mostOfALeaf / 2));
    for (int part = 0; part < parts; part++) {
      int begin = (int) ((long) all.size() * part / parts);
      int end = (int) ((long) all.size() * (part + 1) / parts);
      List<HotEntry> some = new ArrayList<>(all.subList(begin, end));
      if (part == 0) {
        leaf.entries = some;
        leaf.ordered = some.size();
      } else {
        leaves.put(key(some.get(0)), new Leaf(some));
      }
    }
  }

  /** The first change from a key on, that key included or not; null if there is none. */
  @Nullable HotEntry first(byte[] from, boolean isIncluded) {
    for (Map.Entry<byte[], Leaf> at = leaves.floorEntry(from);
        at != null;
        at = leaves.higherEntry(at.getKey())) {
      Leaf leaf = at.getValue();
      leaf.order();
      for (int place = leaf.place(from, isIncluded); place < leaf.entries.size(); place++) {
        HotEntry entry = leaf.entries.get(place);
        if (entry.epoch != 0) {
          return entry;
        }
      }
    }
    return null;
  }

  private final class Leaf {

    List<HotEntry> entries;

    /** So many of the first are in order. */
    int ordered;

    /** Of entries in order. */
    Leaf(List<HotEntry> entries) {
      this.entries = entries;
      this.ordered = entries.size();
    }

    void order() {
      int before = entries.size();
      if (before == ordered) {
        return;
      }
      if (before - ordered <= FEW) {
        List<HotEntry> unordered = entries.subList(ordered, before);
        List<HotEntry> few = new ArrayList<>(unordered);
        unordered.clear();
        few.forEach(this::insert);
      } else {
        OrderedEntries.order(entries);
        entries.removeIf(entry -> entry.epoch == 0);
      }
      ordered = entries.size();
      OrderedEntries.this.entries += ordered - before;
    }

    private void insert(HotEntry entry) {
      int place = place(key(entry), true);
      if (place == entries.size() || !Arrays.equals(key(entries.get(place)), key(entry))) {
        entries.add(place, entry);
      } else if (entries.get(place).epoch < entry.epoch) {
        entries.set(place, entry);
      }
    }

    /** Where the first from a key on is, if all are in order. */
    int place(byte[] from, boolean isIncluded) {
      int first = 0;
      for (int end = entries.size(); first < end; ) {
        int middle = (first + end) >>> 1;
        int order = Arrays.compareUnsigned(key(entries.get(middle)), from);
        if (order < 0 || (order == 0 && !isIncluded)) {
          first = middle + 1;
        } else {
          end = middle;
        }
      }
      return first;
    }
  }
}
