package io.basalt.statebackend.state;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one map whose keys and values are numbers, as their bits in one array, so that to find
 * one of them, or to walk over all, takes few misses of the processor's caches. In the order of
 * their keys' bytes, which is that of the bits without a sign.
 *
 * <p>Of each entry it is known what it is or that it is absent, whether that has been changed since
 * the barrier and is to be written, and whether there may be anything below to be removed. Of keys
 * that are not here nothing is known, unless the map is complete: then there are none. Nobody
 * changes one that is being written. Where entries expire each value has its time, and compactions
 * may have taken entries below that are not to be written: {@link #forgetTaken}. Task thread.
 */
final class SmallMap {

  /** As many as an iterator reads at once, see {@link MapIterator}. */
  static final int MOST = 128;

  /** Of this object and the head of its array. */
  private static final int OVERHEAD_BYTES = 24 + 16;

  /** Up to so many are looked through: that is faster than to halve again and again. */
  private static final int FEW = 16;

  /** Of a key of which it is not known whether the map has it. */
  static final int UNKNOWN = -1;

  /** Of a key that the map does not have. */
  static final int NOWHERE = -2;

  private static final int ABSENT = 1;
  private static final int NULL = 2;
  private static final int CHANGED = 4;
  private static final int MAYBE_BELOW = 8;

  /** In each byte of a word. */
  private static final long EACH = 0x0101010101010101L;

  private static final int FLAGS_OF_A_WORD = Long.BYTES;

  /** A key, a value and a time. */
  private static final int WITH_TIMES = 3;

  /** Keys, then values, then times if there are any, then flags, a byte for each entry. */
  private long[] words;

  /** How many words an entry has, without its flags. */
  private final byte columns;

  private short capacity;
  private short size;
  private boolean complete;

  /**
   * Without entries, of which nothing is known.
   *
   * @param capacity for so many there is room
   * @param expires whether values have times
   */
  SmallMap(int capacity, boolean expires) {
    this.columns = (byte) (expires ? WITH_TIMES : WITH_TIMES - 1);
    this.capacity = (short) Math.min(MOST, capacity);
    this.words = new long[length(this.capacity)];
  }

  private int length(int ofCapacity) {
    return columns * ofCapacity + (ofCapacity + FLAGS_OF_A_WORD - 1) / FLAGS_OF_A_WORD;
  }

  /** Where flags begin. */
  private int flags() {
    return columns * capacity;
  }

  /**
   * The same for whoever changes it while an epoch may have to be written as it was: nothing has
   * been changed, and all may be below.
   */
  SmallMap ofNextEpoch() {
    SmallMap copy = copy();
    for (int word = flags(); word < copy.words.length; word++) {
      copy.words[word] = (copy.words[word] & ~(EACH * CHANGED)) | (EACH * MAYBE_BELOW);
    }
    return copy;
  }

  /** The same for whoever walks over it. */
  SmallMap copy() {
    SmallMap copy = new SmallMap(0, columns == WITH_TIMES);
    copy.words = words.clone();
    copy.capacity = capacity;
    copy.size = size;
    copy.complete = complete;
    return copy;
  }

  /** All of it has been written: what is there is below, and nothing else. */
  void isBelow() {
    for (int word = flags(); word < words.length; word++) {
      long present = ~words[word] & (EACH * ABSENT);
      words[word] =
          (words[word] & ~(EACH * (CHANGED | MAYBE_BELOW))) | (present * (MAYBE_BELOW / ABSENT));
    }
  }

  /** What has been changed may have been written. */
  void mayBeBelow() {
    for (int word = flags(); word < words.length; word++) {
      words[word] |= EACH * MAYBE_BELOW;
    }
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == MOST;
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
  Set<Long> presentKeys() {
    Set<Long> keys = new HashSet<>();
    for (int place = 0; place < size; place++) {
      if (!isAbsent(place)) {
        keys.add(key(place));
      }
    }
    return keys;
  }

  /** The same as {@link #hasEntry} of an entry that no compaction has taken. */
  boolean hasLivingEntry(MapExpiry expiry) {
    for (int place = 0; place < size; place++) {
      if (hasTime(place) && !expiry.mayBeTaken(time(place))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a compaction may have taken any of the entries, if all are below. */
  boolean mayBeTaken(MapExpiry expiry) {
    for (int place = 0; place < size; place++) {
      if (hasTime(place) && expiry.mayBeTaken(time(place))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Forgets those that are as they are below, or were: where one has gone, and the map been cleared
   * since by what the table has, it would come back with a clock that is set back.
   */
  void forgetTaken(MapExpiry expiry) {
    for (int place = size - 1; place >= 0; place--) {
      if (hasTime(place) && !isChanged(place) && expiry.mayBeTaken(time(place))) {
        removePlace(place);
        complete = false;
      }
    }
  }

  private boolean hasTime(int place) {
    return (flags(place) & (ABSENT | NULL)) == 0;
  }

  /** The keys that it is known not to have, or null if it is known to have an entry. */
  long @Nullable [] keysIfEmpty() {
    return hasEntry() ? null : Arrays.copyOf(words, size);
  }

  boolean hasChanges() {
    for (int word = flags(); word < words.length; word++) {
      if ((words[word] & (EACH * CHANGED)) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Where the entry of a key is, or {@link #NOWHERE}, or {@link #UNKNOWN}. */
  int look(long key) {
    int place = place(key);
    if (place >= 0) {
      return isAbsent(place) ? NOWHERE : place;
    }
    return complete ? NOWHERE : UNKNOWN;
  }

  /** Where a key is, or where it had to be, less than 0: {@code -place - 1}. */
  int place(long key) {
    int low = 0;
    if (size <= FEW) {
      for (int place = 0; place < size; place++) {
        if (words[place] == key) {
          return place;
        }
      }
      while (low < size && Long.compareUnsigned(words[low], key) < 0) {
        low++;
      }
      return -low - 1;
    }
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int compared = Long.compareUnsigned(words[middle], key);
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

  long key(int place) {
    return words[place];
  }

  long value(int place) {
    return words[capacity + place];
  }

  /** The time of a value that is not null, where they have times; else 0. */
  long time(int place) {
    return columns == WITH_TIMES ? words[2 * capacity + place] : 0;
  }

  boolean isAbsent(int place) {
    return (flags(place) & ABSENT) != 0;
  }

  boolean isNull(int place) {
    return (flags(place) & NULL) != 0;
  }

  /** Whether it is to be written. */
  boolean isChanged(int place) {
    return (flags(place) & CHANGED) != 0;
  }

  /** There is that value from now on under a key that is here; if null its bits say nothing. */
  void put(int place, boolean isNull, long value, long time) {
    setValue(place, value, time);
    int below = flags(place) & MAYBE_BELOW;
    setFlags(place, CHANGED | below | (isNull ? NULL : 0));
  }

  /** The same of a key that is not. */
  void add(int insertion, long key, boolean isNull, long value, long time) {
    int below = complete ? 0 : MAYBE_BELOW;
    insert(insertion, key, value, time, CHANGED | below | (isNull ? NULL : 0));
  }

  /** What has been found below of a key that is not here. */
  void addFound(int insertion, long key, boolean isNull, long value, long time) {
    insert(insertion, key, value, time, MAYBE_BELOW | (isNull ? NULL : 0));
  }

  void addFoundAbsent(int insertion, long key) {
    insert(insertion, key, 0, 0, ABSENT);
  }

  /** A key that is here has no value from now on. */
  void remove(int place) {
    if ((flags(place) & MAYBE_BELOW) != 0) {
      setFlags(place, ABSENT | CHANGED | MAYBE_BELOW);
    } else if (complete) {
      removePlace(place);
    } else {
      setFlags(place, ABSENT);
    }
  }

  /** Nor has one that is not here. */
  void addRemoved(int insertion, long key) {
    insert(insertion, key, 0, 0, ABSENT | CHANGED | MAYBE_BELOW);
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

  private void insert(int insertion, long key, long value, long time, int flags) {
    makeRoom(1);
    for (int from = insertion; from < flags(); from += capacity) {
      System.arraycopy(words, from, words, from + 1, size - insertion);
    }
    for (int place = size; place > insertion; place--) {
      setFlags(place, flags(place - 1));
    }
    words[insertion] = key;
    setValue(insertion, value, time);
    setFlags(insertion, flags);
    size++;
  }

  private void setValue(int place, long value, long time) {
    words[capacity + place] = value;
    if (columns == WITH_TIMES) {
      words[2 * capacity + place] = time;
    }
  }

  /** For so many entries more, if there may be so many; and for a few others if more come. */
  void makeRoom(int more) {
    if (size == capacity) {
      int larger = Math.min(MOST, size + Math.max(more, capacity / 4));
      long[] grown = new long[length(larger)];
      for (int column = 0; column < columns; column++) {
        System.arraycopy(words, column * capacity, grown, column * larger, size);
      }
      System.arraycopy(words, flags(), grown, columns * larger, words.length - flags());
      words = grown;
      capacity = (short) larger;
    }
  }

  private void removePlace(int place) {
    int behind = size - place - 1;
    for (int to = place; to < flags(); to += capacity) {
      System.arraycopy(words, to + 1, words, to, behind);
    }
    for (int moved = place; moved < size - 1; moved++) {
      setFlags(moved, flags(moved + 1));
    }
    size--;
    setFlags(size, 0);
  }

  private int flags(int place) {
    return (int) (words[flags() + place / FLAGS_OF_A_WORD] >>> shift(place)) & 0xFF;
  }

  private void setFlags(int place, int flags) {
    int word = flags() + place / FLAGS_OF_A_WORD;
    words[word] = (words[word] & ~(0xFFL << shift(place))) | ((long) flags << shift(place));
  }

  private static int shift(int place) {
    return place % FLAGS_OF_A_WORD * Byte.SIZE;
  }

  /** What it takes on the heap. */
  int heapBytes() {
    return OVERHEAD_BYTES + Long.BYTES * words.length;
  }
}
