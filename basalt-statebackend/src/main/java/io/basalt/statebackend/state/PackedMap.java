package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.MapEntryValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one map as the bytes of their user keys and values, all in one array, in the order of
 * the keys' bytes: what {@link SmallMap} is for numbers, for any keys and values. Where entries
 * expire the bytes of a value have its time.
 *
 * <p>Of each entry it is known what it is or that it is absent, whether that has been changed since
 * the barrier and is to be written, and whether there may be anything below to be removed. Of keys
 * that are not here nothing is known, unless the map is complete: then there are none. Nobody
 * changes one that is being written. Task thread.
 */
final class PackedMap {

  /** As many as an iterator reads at once, see {@link MapIterator}. */
  static final int MOST = 128;

  /** Where entries take more none is added: each moves others, and all are copied by turns. */
  static final int MOST_BYTES = 32 << 10;

  /** A key and a value that take more are not kept here. */
  static final int MOST_OF_AN_ENTRY = 4 << 10;

  /** Of this object and the heads of its arrays. */
  private static final int OVERHEAD_BYTES = 32 + 2 * 16;

  private static final int FLAGS = 0xFF;
  private static final int ABSENT = 1;
  private static final int CHANGED = 2;
  private static final int MAYBE_BELOW = 4;

  private static final int KEY_END_SHIFT = 8;
  private static final int END_SHIFT = 36;
  private static final int END_MASK = (1 << (END_SHIFT - KEY_END_SHIFT)) - 1;

  /** Of each entry the key, then the value: nothing if it is absent. */
  private byte[] bytes;

  /** Of each entry its flags, where its key ends, and where its value does. */
  private long[] entries;

  private int size;
  private boolean complete;

  /**
   * Without entries, of which nothing is known.
   *
   * @param capacity for so many there is room
   * @param capacityBytes for so many bytes of them
   */
  PackedMap(int capacity, int capacityBytes) {
    this(new long[capacity], new byte[capacityBytes]);
  }

  private PackedMap(long[] entries, byte[] bytes) {
    this.entries = entries;
    this.bytes = bytes;
  }

  /**
   * The same for whoever changes it while an epoch may have to be written as it was: nothing has
   * been changed, and all may be below.
   */
  PackedMap ofNextEpoch() {
    PackedMap copy = copy();
    for (int place = 0; place < size; place++) {
      copy.entries[place] = (copy.entries[place] & ~CHANGED) | MAYBE_BELOW;
    }
    return copy;
  }

  /** The same for whoever walks over it. */
  PackedMap copy() {
    PackedMap copy = new PackedMap(Arrays.copyOf(entries, size), Arrays.copyOf(bytes, used()));
    copy.size = size;
    copy.complete = complete;
    return copy;
  }

  /** All of it has been written: what is there is below, and nothing else. */
  void isBelow() {
    for (int place = 0; place < size; place++) {
      setFlags(place, isAbsent(place) ? ABSENT : MAYBE_BELOW);
    }
  }

  /** What has been changed may have been written. */
  void mayBeBelow() {
    for (int place = 0; place < size; place++) {
      entries[place] |= MAYBE_BELOW;
    }
  }

  int size() {
    return size;
  }

  /** Whether no more entries are added. */
  boolean isFull() {
    return size == MOST || used() >= MOST_BYTES;
  }

  /** Whether the map has no other entries. */
  boolean isComplete() {
    return complete;
  }

  void setComplete(boolean isComplete) {
    complete = isComplete;
  }

  /** Whether it is known to have an entry. */
  boolean hasEntry() {
    for (int place = 0; place < size; place++) {
      if (!isAbsent(place)) {
        return true;
      }
    }
    return false;
  }

  /** The keys of entries that are there. */
  Set<StoredBytes> presentKeys() {
    Set<StoredBytes> keys = new HashSet<>();
    for (int place = 0; place < size; place++) {
      if (!isAbsent(place)) {
        keys.add(new StoredBytes(key(place)));
      }
    }
    return keys;
  }

  /** The same as {@link #hasEntry} of an entry that no compaction has taken. */
  boolean hasLivingEntry(MapExpiry expiry) {
    for (int place = 0; place < size; place++) {
      if (hasTime(place) && !mayBeTaken(place, expiry)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a compaction may have taken any of the entries, if all are below. */
  boolean mayBeTaken(MapExpiry expiry) {
    for (int place = 0; place < size; place++) {
      if (mayBeTaken(place, expiry)) {
        return true;
      }
    }
    return false;
  }

  /** The same of one of them. */
  boolean mayBeTaken(int place, MapExpiry expiry) {
    return hasTime(place) && expiry.mayBeTaken(MapEntryValue.time(bytes, keyEnd(place)));
  }

  private boolean hasTime(int place) {
    int begin = keyEnd(place);
    return MapEntryValue.hasTime(bytes, begin, end(place) - begin);
  }

  /**
   * Forgets those that are as they are below, or were: where one has gone, and the map been cleared
   * since by what the table has, it would come back with a clock that is set back.
   */
  void forgetTaken(MapExpiry expiry) {
    for (int place = size - 1; place >= 0; place--) {
      if (!isChanged(place) && mayBeTaken(place, expiry)) {
        removePlace(place);
        complete = false;
      }
    }
  }

  /** The keys that it is known not to have, or null if it is known to have an entry. */
  @Nullable List<byte[]> keysIfEmpty() {
    if (hasEntry()) {
      return null;
    }
    List<byte[]> keys = new ArrayList<>(size);
    for (int place = 0; place < size; place++) {
      keys.add(key(place));
    }
    return keys;
  }

  boolean hasChanges() {
    for (int place = 0; place < size; place++) {
      if (isChanged(place)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where a key is, or where it had to be, less than 0: {@code -place - 1}.
   *
   * @param key begins with it
   */
  int place(byte[] key, int length) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int compared = Arrays.compareUnsigned(bytes, begin(middle), keyEnd(middle), key, 0, length);
      if (compared == 0) {
        return middle;
      } else if (compared < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /** What has the bytes of all keys and values. */
  byte[] bytes() {
    return bytes;
  }

  /** Where a key begins. */
  int begin(int place) {
    return place == 0 ? 0 : end(place - 1);
  }

  /** Where a key ends and its value begins. */
  int keyEnd(int place) {
    return (int) (entries[place] >>> KEY_END_SHIFT) & END_MASK;
  }

  /** Where a value ends. */
  int end(int place) {
    return (int) (entries[place] >>> END_SHIFT);
  }

  byte[] key(int place) {
    return Arrays.copyOfRange(bytes, begin(place), keyEnd(place));
  }

  byte[] value(int place) {
    return Arrays.copyOfRange(bytes, keyEnd(place), end(place));
  }

  boolean isAbsent(int place) {
    return (flags(place) & ABSENT) != 0;
  }

  /** Whether it is to be written. */
  boolean isChanged(int place) {
    return (flags(place) & CHANGED) != 0;
  }

  /** There is that value from now on under a key that is here. */
  void put(int place, byte[] value, int length) {
    int begin = keyEnd(place);
    replace(place, begin, end(place) - begin, length);
    System.arraycopy(value, 0, bytes, begin, length);
    setFlags(place, CHANGED | (flags(place) & MAYBE_BELOW));
  }

  /** The same of a key that is not. */
  void add(int insertion, byte[] key, int keyLength, byte[] value, int length) {
    insert(insertion, key, keyLength, value, length, complete ? CHANGED : CHANGED | MAYBE_BELOW);
  }

  /** What has been found below of a key that is not here; null if nothing has. */
  void addFound(int insertion, byte[] key, byte @Nullable [] value) {
    if (value == null) {
      insert(insertion, key, key.length, key, 0, ABSENT);
    } else {
      insert(insertion, key, key.length, value, value.length, MAYBE_BELOW);
    }
  }

  /** A key that is here has no value from now on. */
  void remove(int place) {
    if ((flags(place) & MAYBE_BELOW) == 0 && complete) {
      removePlace(place);
      return;
    }
    int begin = keyEnd(place);
    replace(place, begin, end(place) - begin, 0);
    boolean mayBeBelow = (flags(place) & MAYBE_BELOW) != 0;
    setFlags(place, mayBeBelow ? ABSENT | CHANGED | MAYBE_BELOW : ABSENT);
  }

  /** Nor has one that is not here. */
  void addRemoved(int insertion, byte[] key, int keyLength) {
    insert(insertion, key, keyLength, key, 0, ABSENT | CHANGED | MAYBE_BELOW);
  }

  /** Nor has any. */
  void clear() {
    for (int place = size - 1; place >= 0; place--) {
      if (!isAbsent(place)) {
        remove(place);
      }
    }
  }

  /** Forgets of what keys it is known that they are absent, where that is so below. */
  void forgetAbsent() {
    for (int place = size - 1; place >= 0; place--) {
      if ((flags(place) & (ABSENT | CHANGED)) == ABSENT) {
        removePlace(place);
      }
    }
  }

  private void insert(
      int insertion, byte[] key, int keyLength, byte[] value, int length, int flags) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, Math.min(MOST, size + 1 + size / 4));
    }
    int begin = begin(insertion);
    System.arraycopy(entries, insertion, entries, insertion + 1, size - insertion);
    size++;
    entries[insertion] = entry(begin, begin, flags);
    replace(insertion, begin, 0, keyLength + length);
    System.arraycopy(key, 0, bytes, begin, keyLength);
    System.arraycopy(value, 0, bytes, begin + keyLength, length);
    entries[insertion] = entry(begin + keyLength, begin + keyLength + length, flags);
  }

  private void removePlace(int place) {
    int begin = begin(place);
    replace(place, begin, end(place) - begin, 0);
    System.arraycopy(entries, place + 1, entries, place, size - place - 1);
    size--;
  }

  /** Makes what an entry has from there to its end longer or shorter, and moves all others. */
  private void replace(int place, int from, int oldLength, int newLength) {
    int moved = newLength - oldLength;
    if (moved == 0) {
      return;
    }
    int used = used();
    int behind = from + oldLength;
    byte[] target = bytes;
    if (used + moved > bytes.length) {
      target = Arrays.copyOf(bytes, used + moved + (used + moved) / 4);
    }
    System.arraycopy(bytes, behind, target, behind + moved, used - behind);
    bytes = target;
    long movedEnds = (long) moved << END_SHIFT;
    entries[place] += movedEnds;
    for (int next = place + 1; next < size; next++) {
      entries[next] += movedEnds + ((long) moved << KEY_END_SHIFT);
    }
  }

  private int used() {
    return size == 0 ? 0 : end(size - 1);
  }

  private static long entry(int keyEnd, int end, int flags) {
    return (long) end << END_SHIFT | (long) keyEnd << KEY_END_SHIFT | flags;
  }

  private int flags(int place) {
    return (int) entries[place] & FLAGS;
  }

  private void setFlags(int place, int flags) {
    entries[place] = (entries[place] & ~(long) FLAGS) | flags;
  }

  /** What it takes on the heap. */
  int heapBytes() {
    return OVERHEAD_BYTES + Long.BYTES * entries.length + bytes.length;
  }
}
