package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.MapEntryValue;
import java.util.ArrayList;
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
 * the barrier and is to be written, and whether there may be anything below to be removed. Of one
 * that is apart it is known that it is there, and the beginning of its value with its time: the
 * value is an entry of the tier for itself, or below. Of keys that are not here nothing is known,
 * unless the map is complete: then there are none. Nobody changes one that is being written. Task
 * thread.
 */
final class PackedMap extends PackedEntries {

  /** A key and a value that take more are not kept here. */
  static final int MOST_OF_AN_ENTRY = 4 << 10;

  /** Of the value of an entry that is apart: enough to have its time. */
  static final int MOST_OF_A_BEGINNING = 1 + Long.BYTES;

  private static final int CHANGED = 2;
  private static final int MAYBE_BELOW = 4;
  private static final int APART = 8;

  private boolean complete;

  /**
   * Without entries, of which nothing is known.
   *
   * @param capacity for so many there is room
   * @param capacityBytes for so many bytes of them
   */
  PackedMap(int capacity, int capacityBytes) {
    super(capacity, capacityBytes);
  }

  private PackedMap(PackedMap other) {
    super(other);
    complete = other.complete;
  }

  /** Whether an entry with such a key and value is kept here if there is room. */
  static boolean keeps(int keyLength, int length) {
    return length <= MOST_OF_AN_ENTRY - keyLength;
  }

  /** What an entry takes here, with its value or without. */
  static int bytesOf(int keyLength, int length) {
    return keyLength + (keeps(keyLength, length) ? length : MOST_OF_A_BEGINNING);
  }

  /**
   * The same for whoever changes it while an epoch may have to be written as it was: nothing has
   * been changed, and all may be below.
   */
  PackedMap ofNextEpoch() {
    PackedMap copy = copy();
    for (int place = 0; place < copy.size(); place++) {
      copy.setFlags(place, (copy.flags(place) & ~CHANGED) | MAYBE_BELOW);
    }
    return copy;
  }

  /** The same for whoever walks over it. */
  PackedMap copy() {
    return new PackedMap(this);
  }

  /** All of it has been written: what is there is below, and nothing else. */
  void isBelow() {
    for (int place = 0; place < size(); place++) {
      setFlags(place, isAbsent(place) ? ABSENT : MAYBE_BELOW | (flags(place) & APART));
    }
  }

  /** What has been changed may have been written. */
  void mayBeBelow() {
    for (int place = 0; place < size(); place++) {
      setFlags(place, flags(place) | MAYBE_BELOW);
    }
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
    for (int place = 0; place < size(); place++) {
      if (!isAbsent(place)) {
        return true;
      }
    }
    return false;
  }

  /** The keys of entries that are there. */
  Set<StoredBytes> presentKeys() {
    Set<StoredBytes> keys = new HashSet<>();
    for (int place = 0; place < size(); place++) {
      if (!isAbsent(place)) {
        keys.add(new StoredBytes(key(place)));
      }
    }
    return keys;
  }

  /** Whether any entry is. */
  boolean hasApart() {
    for (int place = 0; place < size(); place++) {
      if (isApart(place)) {
        return true;
      }
    }
    return false;
  }

  /** The keys of entries that are apart. */
  List<byte[]> keysApart() {
    List<byte[]> keys = new ArrayList<>();
    for (int place = 0; place < size(); place++) {
      if (isApart(place)) {
        keys.add(key(place));
      }
    }
    return keys;
  }

  /** The same as {@link #hasEntry} of an entry that no compaction has taken. */
  boolean hasLivingEntry(MapExpiry expiry) {
    for (int place = 0; place < size(); place++) {
      if (hasTime(place) && !mayBeTaken(place, expiry)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a compaction may have taken any of the entries, if all are below. */
  boolean mayBeTaken(MapExpiry expiry) {
    for (int place = 0; place < size(); place++) {
      if (mayBeTaken(place, expiry)) {
        return true;
      }
    }
    return false;
  }

  /** The same of one of them. */
  boolean mayBeTaken(int place, MapExpiry expiry) {
    return hasTime(place) && expiry.mayBeTaken(MapEntryValue.time(bytes(), keyEnd(place)));
  }

  private boolean hasTime(int place) {
    return MapEntryValue.hasTime(bytes(), keyEnd(place), length(place));
  }

  /**
   * Forgets those that are as they are below, or were: where one has gone, and the map been cleared
   * since by what the table has, it would come back with a clock that is set back.
   */
  void forgetTaken(MapExpiry expiry) {
    int before = size();
    rewrite(place -> !isChanged(place) && mayBeTaken(place, expiry) ? GONE : flags(place));
    complete &= size() == before;
  }

  /** The keys that it is known not to have, or null if it is known to have an entry. */
  @Nullable List<byte[]> keysIfEmpty() {
    if (hasEntry()) {
      return null;
    }
    List<byte[]> keys = new ArrayList<>(size());
    for (int place = 0; place < size(); place++) {
      keys.add(key(place));
    }
    return keys;
  }

  boolean hasChanges() {
    for (int place = 0; place < size(); place++) {
      if (isChanged(place)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is to be written. */
  boolean isChanged(int place) {
    return (flags(place) & CHANGED) != 0;
  }

  /** Whether it is there, but not its value. */
  boolean isApart(int place) {
    return (flags(place) & APART) != 0;
  }

  /** There is that value from now on under a key that is here. */
  void put(int place, byte[] value, int length) {
    setValue(place, value, length);
    setFlags(place, CHANGED | (flags(place) & MAYBE_BELOW));
  }

  /** The same of a key that is not. */
  void add(int insertion, byte[] key, int keyLength, byte[] value, int length) {
    insert(insertion, key, keyLength, value, length, complete ? CHANGED : CHANGED | MAYBE_BELOW);
  }

  /** A value that somebody else has from now on, who writes it, under a key that is here. */
  void putApart(int place, byte[] value, int length) {
    setValue(place, value, Math.min(length, MOST_OF_A_BEGINNING));
    setFlags(place, APART | MAYBE_BELOW);
  }

  /** The same of a key that is not; or of what is below. */
  void addApart(int insertion, byte[] key, int keyLength, byte[] value, int length) {
    int beginning = Math.min(length, MOST_OF_A_BEGINNING);
    insert(insertion, key, keyLength, value, beginning, APART | MAYBE_BELOW);
  }

  /** What has been found below of a key that is not here. */
  void addFound(int insertion, byte[] key, byte[] value, int length) {
    insert(insertion, key, key.length, value, length, MAYBE_BELOW);
  }

  /** Nothing has been found below of a key that is not here. */
  void addFoundAbsent(int insertion, byte[] key) {
    insert(insertion, key, key.length, key, 0, ABSENT);
  }

  /** A key that is here has no value from now on. */
  void remove(int place) {
    int flags = removed(flags(place));
    if (flags == GONE) {
      removePlace(place);
      return;
    }
    setValue(place, bytes(), 0);
    setFlags(place, flags);
  }

  private int removed(int flags) {
    if ((flags & MAYBE_BELOW) != 0) {
      return ABSENT | CHANGED | MAYBE_BELOW;
    }
    return complete ? GONE : ABSENT;
  }

  /** Nor has one that is not here. */
  void addRemoved(int insertion, byte[] key, int keyLength) {
    insert(insertion, key, keyLength, key, 0, ABSENT | CHANGED | MAYBE_BELOW);
  }

  /** Nor has any. */
  void clear() {
    rewrite(place -> isAbsent(place) ? flags(place) : removed(flags(place)));
  }

  /** Nothing is said of a key any more, nor written; if complete that it is absent. */
  void forget(int place) {
    removePlace(place);
  }

  /** Forgets of what keys it is known that they are absent, where that is so below. */
  void forgetAbsent() {
    rewrite(place -> (flags(place) & (ABSENT | CHANGED)) == ABSENT ? GONE : flags(place));
  }
}
