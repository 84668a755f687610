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

  private final List<Chunk> chunks = new ArrayList<>();
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(HotEntry entry) {
    if (size == (chunks.size() << CHUNK_BITS)) {
      chunks.add(new Chunk());
    }
    set(size, entry, entry.keyGroup);
    entry.place = size;
    size++;
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
      if (chunks.get(place >>> CHUNK_BITS).keyGroups[place & (CHUNK_SIZE - 1)] == keyGroup) {
        HotEntry entry = get(place);
        if (condition.test(entry)) {
          remove(entry);
          removed.add(entry);
        }
      }
    }
    return removed;
  }

  void remove(HotEntry entry) {
    HotEntry last = get(size - 1);
    if (last != entry) {
      set(entry.place, last, last.keyGroup);
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
   * Puts the changes in the order of their key groups, the first of them last. Below, what is of a
   * key group lies together: of a million changes in no order, each misses the processor's caches
   * as often as RocksDB's memtable has levels.
   *
   * @param stay whether entries of it may still be removed; if not they are not touched, for they
   *     may be in another list by now
   */
  void sortByKeyGroup(boolean stay) {
    if (size <= CHUNK_SIZE) {
      // Whoever writes so few puts them in order himself.
      return;
    }
    int[] ends = ends();
    List<Chunk> unsorted = new ArrayList<>(chunks);
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      chunks.set(chunk, new Chunk());
    }
    for (int place = 0; place < size; place++) {
      Chunk chunk = unsorted.get(place >>> CHUNK_BITS);
      short keyGroup = chunk.keyGroups[place & (CHUNK_SIZE - 1)];
      HotEntry entry = chunk.entries[place & (CHUNK_SIZE - 1)];
      if (entry != null) {
        ends[keyGroup]--;
        set(ends[keyGroup], entry, keyGroup);
        if (stay) {
          entry.place = ends[keyGroup];
        }
      }
    }
  }

  /** Where the entries of each key group end if they are in order. */
  private int[] ends() {
    int[] counts = new int[1 << (Short.SIZE - 1)];
    for (int place = 0; place < size; place++) {
      counts[chunks.get(place >>> CHUNK_BITS).keyGroups[place & (CHUNK_SIZE - 1)]]++;
    }
    int end = 0;
    for (int keyGroup = counts.length - 1; keyGroup >= 0; keyGroup--) {
      end += counts[keyGroup];
      counts[keyGroup] = end;
    }
    return counts;
  }

  private void set(int place, HotEntry entry, short keyGroup) {
    Chunk chunk = chunks.get(place >>> CHUNK_BITS);
    chunk.entries[place & (CHUNK_SIZE - 1)] = entry;
    chunk.keyGroups[place & (CHUNK_SIZE - 1)] = keyGroup;
  }

  private static final class Chunk {
    final @Nullable HotEntry[] entries = new @Nullable HotEntry[CHUNK_SIZE];

    /** Of the entries: to read them from those would cost a miss of the caches for each. */
    final short[] keyGroups = new short[CHUNK_SIZE];
  }
}
