package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The changed entries of one table since a barrier; the last are written first. In arrays and not
 * linked to each other: a link between objects of different age is work for the garbage collector
 * (G1 notes each), a million of them as much as to write the entries.
 */
final class ChangeList {

  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_SIZE = 1 << CHUNK_BITS;

  /** What each change takes in it: a reference and a mark. */
  static final int BYTES = 4 + Short.BYTES;

  private static final int REACHED_AT_ONCE = 64;

  /** A key group takes no more than the other bits of a mark. */
  private static final int ABSENT = 1 << (Short.SIZE - 1);

  private final List<Chunk> chunks = new ArrayList<>();
  private int size;

  /** What was {@link #reach reached} is kept, or the compiler would leave it out. */
  @SuppressWarnings("UnusedVariable")
  private int reached;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(HotEntry entry) {
    set(size, entry, mark(entry));
    entry.place = size;
    size++;
  }

  /** Whether there is anything under the key of an entry of the list has changed. */
  void mark(HotEntry entry, boolean isAbsent) {
    chunks.get(entry.place >>> CHUNK_BITS).marks[entry.place & (CHUNK_SIZE - 1)] =
        mark(entry.keyGroup, isAbsent);
  }

  private static short mark(HotEntry entry) {
    return mark(entry.keyGroup, entry.isAbsent());
  }

  private static short mark(short keyGroup, boolean isAbsent) {
    return (short) (isAbsent ? keyGroup | ABSENT : keyGroup);
  }

  private static int keyGroup(short mark) {
    return mark & Short.MAX_VALUE;
  }

  /** Of the entry at a place. */
  int keyGroup(int place) {
    return keyGroup(markOf(place));
  }

  /** Whether there is nothing under its key, as of the last change that the list has heard of. */
  boolean isAbsent(int place) {
    return (markOf(place) & ABSENT) != 0;
  }

  private short markOf(int place) {
    return chunks.get(place >>> CHUNK_BITS).marks[place & (CHUNK_SIZE - 1)];
  }

  HotEntry get(int place) {
    HotEntry entry = chunks.get(place >>> CHUNK_BITS).entries[place & (CHUNK_SIZE - 1)];
    if (entry == null) {
      throw new IllegalStateException("There is no change at " + place + " of " + size + ".");
    }
    return entry;
  }

  /** All of one key group for which that is so, which are not in the list any more. */
  List<HotEntry> removeIf(int keyGroup, Predicate<HotEntry> condition) {
    List<HotEntry> removed = new ArrayList<>();
    // From the last: it takes the place of one that goes.
    for (int place = size - 1; place >= 0; place--) {
      if (keyGroup(place) == keyGroup) {
        HotEntry entry = get(place);
        if (condition.test(entry)) {
          remove(entry);
          removed.add(entry);
        }
      }
    }
    return removed;
  }

  /** Visits all entries of one key group. */
  void visit(int keyGroup, TableChanges.Visitor visitor) {
    for (int place = 0; place < size; place++) {
      if (keyGroup(place) == keyGroup) {
        visitor.visit(get(place));
      }
    }
  }

  /**
   * Where the entries of a key group begin in a list {@link #inOrder}: they end where those of the
   * one before it begin.
   */
  int begin(int keyGroup) {
    int first = 0;
    for (int end = size; first < end; ) {
      int middle = (first + end) >>> 1;
      if (keyGroup(middle) > keyGroup) {
        first = middle + 1;
      } else {
        end = middle;
      }
    }
    return first;
  }

  /**
   * Writes the last changes, down to a place, as they were at the end of an epoch. To reach an
   * entry, its key and its value is to miss the processor's caches three times, one after the
   * other, if each is written as it is reached: that takes as long as all else. So many are reached
   * before the first of them is written, where the processor waits for several at a time.
   */
  void write(int end, int epoch, ChangeWriter writer) {
    for (int next = size; next > end; ) {
      int first = Math.max(end, next - REACHED_AT_ONCE);
      reached += reach(first, next);
      for (next--; next >= first; next--) {
        HotEntry entry = get(next);
        entry.writeTo(writer.of(entry.table), epoch);
      }
      next++;
    }
  }

  /** Says something that cannot be known without it. */
  private int reach(int first, int next) {
    int hashes = 0;
    for (int place = first; place < next; place++) {
      hashes += get(place).hash;
    }
    for (int place = first; place < next; place++) {
      HotEntry entry = get(place);
      hashes += entry.key.getClass() == entry.value.getClass() ? 1 : 0;
    }
    return hashes;
  }

  void remove(HotEntry entry) {
    HotEntry last = get(size - 1);
    if (last != entry) {
      set(entry.place, last, markOf(size - 1));
      last.place = entry.place;
    }
    removeLast(1);
  }

  /** Removes so many of the last. */
  void removeLast(int entries) {
    for (int removed = 0; removed < entries; removed++) {
      size--;
      chunks.get(size >>> CHUNK_BITS).entries[size & (CHUNK_SIZE - 1)] = null;
    }
    // One more stays, for to add and remove at its border would be to make it again and again.
    while (chunks.size() - 2 > size >>> CHUNK_BITS) {
      chunks.remove(chunks.size() - 1);
    }
  }

  /**
   * Puts the changes in the order of their key groups, see {@link #inOrder}. Not of a list that
   * somebody else may look at, or that has entries which may be in another list by now.
   */
  void sortByKeyGroup() {
    if (size <= CHUNK_SIZE) {
      // Whoever writes so few puts them in order himself.
      return;
    }
    ChangeList ordered = inOrder();
    for (int place = 0; place < size; place++) {
      ordered.get(place).place = place;
    }
    chunks.clear();
    chunks.addAll(ordered.chunks);
  }

  /**
   * A copy in the order of key groups, the first of them last. Below, what is of a key group lies
   * together: of a million changes in no order, each misses the processor's caches as often as
   * RocksDB's memtable has levels. No entry is touched for it.
   */
  ChangeList inOrder() {
    ChangeList ordered = new ChangeList();
    for (int chunk = 0; chunk << CHUNK_BITS < size; chunk++) {
      ordered.chunks.add(new Chunk());
    }
    ordered.size = size;
    int[] ends = ends();
    for (int place = 0; place < size; place++) {
      short mark = markOf(place);
      int keyGroup = keyGroup(mark);
      ends[keyGroup]--;
      ordered.set(ends[keyGroup], get(place), mark);
    }
    return ordered;
  }

  /** Where the entries of each key group end if they are in order. */
  private int[] ends() {
    int last = 0;
    for (int place = 0; place < size; place++) {
      last = Math.max(last, keyGroup(place));
    }
    int[] ends = new int[last + 1];
    for (int place = 0; place < size; place++) {
      ends[keyGroup(place)]++;
    }
    int end = 0;
    for (int keyGroup = last; keyGroup >= 0; keyGroup--) {
      end += ends[keyGroup];
      ends[keyGroup] = end;
    }
    return ends;
  }

  private void set(int place, HotEntry entry, short mark) {
    if (place == (chunks.size() << CHUNK_BITS)) {
      chunks.add(new Chunk());
    }
    Chunk chunk = chunks.get(place >>> CHUNK_BITS);
    chunk.entries[place & (CHUNK_SIZE - 1)] = entry;
    chunk.marks[place & (CHUNK_SIZE - 1)] = mark;
  }

  private static final class Chunk {
    final @Nullable HotEntry[] entries = new @Nullable HotEntry[CHUNK_SIZE];

    /** Key groups and {@link #ABSENT}: to ask each entry would cost a miss of the caches. */
    final short[] marks = new short[CHUNK_SIZE];
  }
}
