package io.basalt.statebackend.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * Keys and values as bytes, all in one array, in the order of the keys' bytes; and of each entry
 * some flags. A key is found by some bits of a hash, which lie side by side: of the array itself
 * the caches miss but where that key is. Task thread, but for reads of what nobody changes.
 */
abstract class PackedEntries {

  /** As many as an iterator reads at once, see {@link MapIterator}. */
  static final int MOST = 128;

  /** Where entries take more none is added: each moves others, and all are copied by turns. */
  static final int MOST_BYTES = 32 << 10;

  /** Of this object and the heads of its arrays. */
  private static final int OVERHEAD_BYTES = 32 + 2 * 16;

  /** Of an entry that has only a key. */
  static final int ABSENT = 1;

  /** What {@link #rewrite} is told of an entry that goes. */
  static final int GONE = -1;

  private static final int FLAGS = 0xF;
  private static final int HASH_SHIFT = 4;
  private static final long HASH = 0xFFFFL << HASH_SHIFT;
  private static final int KEY_END_SHIFT = 20;
  private static final int END_SHIFT = 42;
  private static final int END_MASK = (1 << (END_SHIFT - KEY_END_SHIFT)) - 1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** An odd number without a pattern: the golden ratio's bits. */
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  /** Of each entry the key, then the value. */
  private byte[] bytes;

  /** Of each entry its flags, some bits of its key's hash, where its key ends, and its value. */
  private long[] entries;

  private int size;

  /**
   * None.
   *
   * @param capacity for so many there is room
   * @param capacityBytes for so many bytes of them
   */
  PackedEntries(int capacity, int capacityBytes) {
    this.entries = new long[capacity];
    this.bytes = new byte[capacityBytes];
  }

  /** The same as others. */
  PackedEntries(PackedEntries others) {
    this.entries = Arrays.copyOf(others.entries, others.size);
    this.bytes = Arrays.copyOf(others.bytes, others.used());
    this.size = others.size;
  }

  final int size() {
    return size;
  }

  /** Whether there is room for an entry that takes so much. */
  final boolean hasRoom(int entryBytes) {
    return hasRoomFor(1, entryBytes);
  }

  /** The same of some together. */
  final boolean hasRoomFor(int some, int theirBytes) {
    return size + some <= MOST && used() + theirBytes <= MOST_BYTES;
  }

  /** Whether no more entries are added. */
  final boolean isFull() {
    return size == MOST || used() >= MOST_BYTES;
  }

  /** Whether one that is there can be longer by so much. */
  final boolean canGrow(int moreBytes) {
    return moreBytes <= 0 || used() + moreBytes <= MOST_BYTES;
  }

  /** Makes room at once for some that are to be added. */
  final void reserve(int coming, int comingBytes) {
    int wanted = Math.min(MOST, size + coming);
    if (wanted > entries.length) {
      entries = Arrays.copyOf(entries, wanted);
    }
    int wantedBytes = Math.min(MOST_BYTES, used() + comingBytes);
    if (wantedBytes > bytes.length) {
      bytes = Arrays.copyOf(bytes, wantedBytes);
    }
  }

  /**
   * Where a key is, or less than 0 if it is nowhere.
   *
   * @param key begins with it
   */
  final int find(byte[] key, int length) {
    long hash = hash(key, length);
    for (int place = 0; place < size; place++) {
      if ((entries[place] & HASH) == hash
          && Arrays.equals(bytes, begin(place), keyEnd(place), key, 0, length)) {
        return place;
      }
    }
    return -1;
  }

  /** The same, but where it had to be if it is nowhere: {@code -place - 1}. */
  final int place(byte[] key, int length) {
    int found = find(key, length);
    return found < 0 ? -insertion(key, length) - 1 : found;
  }

  /** Where a key that is nowhere had to be. */
  final int insertion(byte[] key, int length) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(bytes, begin(middle), keyEnd(middle), key, 0, length) < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Some bits of a hash, where an entry has them. */
  private static long hash(byte[] key, int length) {
    long hash = length;
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      hash = (hash ^ (long) LONGS.get(key, at)) * MULTIPLIER;
      hash ^= hash >>> 29;
    }
    for (; at < length; at++) {
      hash = (hash ^ key[at]) * MULTIPLIER;
    }
    return ((hash * MULTIPLIER) >>> 44) & HASH;
  }

  /** What has the bytes of all keys and values. */
  final byte[] bytes() {
    return bytes;
  }

  /** Where a key begins. */
  final int begin(int place) {
    return place == 0 ? 0 : end(place - 1);
  }

  /** Where a key ends and its value begins. */
  final int keyEnd(int place) {
    return keyEnd(entries[place]);
  }

  private static int keyEnd(long entry) {
    return (int) (entry >>> KEY_END_SHIFT) & END_MASK;
  }

  /** Where a value ends. */
  final int end(int place) {
    return end(entries[place]);
  }

  private static int end(long entry) {
    return (int) (entry >>> END_SHIFT);
  }

  /** How long a value is. */
  final int length(int place) {
    return end(place) - keyEnd(place);
  }

  final byte[] key(int place) {
    return Arrays.copyOfRange(bytes, begin(place), keyEnd(place));
  }

  final byte[] value(int place) {
    return Arrays.copyOfRange(bytes, keyEnd(place), end(place));
  }

  /** Adds an entry, whose key and value are the beginnings of these arrays. */
  final void insert(int insertion, byte[] key, int keyLength, byte[] value, int length, int flags) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, Math.min(MOST, size + 1 + size / 4));
    }
    int begin = begin(insertion);
    System.arraycopy(entries, insertion, entries, insertion + 1, size - insertion);
    size++;
    entries[insertion] = moved(hash(key, keyLength) | flags, begin);
    replace(insertion, begin, 0, keyLength + length);
    System.arraycopy(key, 0, bytes, begin, keyLength);
    System.arraycopy(value, 0, bytes, begin + keyLength, length);
    entries[insertion] += (long) keyLength << KEY_END_SHIFT;
  }

  /** Sets a value, the beginning of an array. */
  final void setValue(int place, byte[] value, int length) {
    int begin = keyEnd(place);
    replace(place, begin, end(place) - begin, length);
    System.arraycopy(value, 0, bytes, begin, length);
  }

  final void removePlace(int place) {
    int begin = begin(place);
    replace(place, begin, end(place) - begin, 0);
    System.arraycopy(entries, place + 1, entries, place, size - place - 1);
    size--;
  }

  /**
   * Gives all entries other flags, at once, as to move those behind one for each would take long.
   *
   * @param changed says them of a place, or {@link #GONE}; it does not look at keys
   */
  final void rewrite(IntUnaryOperator changed) {
    int kept = 0;
    int target = 0;
    int begin = 0;
    for (int place = 0; place < size; place++) {
      long entry = entries[place];
      int end = end(entry);
      int flags = changed.applyAsInt(place);
      if (flags != GONE) {
        int stays = (flags & ABSENT) != 0 ? keyEnd(entry) : end;
        if (target < begin) {
          System.arraycopy(bytes, begin, bytes, target, stays - begin);
        }
        long cut = entry - ((long) (end - stays) << END_SHIFT);
        entries[kept] = moved((cut & ~FLAGS) | flags, target - begin);
        kept++;
        target += stays - begin;
      }
      begin = end;
    }
    size = kept;
  }

  /** An entry whose bytes lie further behind. */
  private static long moved(long entry, int by) {
    return entry + ((long) by << END_SHIFT) + ((long) by << KEY_END_SHIFT);
  }

  /** Makes what an entry has from there to its end longer or shorter, and moves all others. */
  private void replace(int place, int from, int oldLength, int newLength) {
    int by = newLength - oldLength;
    if (by == 0) {
      return;
    }
    int used = used();
    int behind = from + oldLength;
    byte[] target = bytes;
    if (used + by > bytes.length) {
      target = Arrays.copyOf(bytes, used + by + (used + by) / 4);
    }
    System.arraycopy(bytes, behind, target, behind + by, used - behind);
    bytes = target;
    entries[place] += (long) by << END_SHIFT;
    for (int next = place + 1; next < size; next++) {
      entries[next] = moved(entries[next], by);
    }
  }

  private int used() {
    return size == 0 ? 0 : end(size - 1);
  }

  final int flags(int place) {
    return (int) entries[place] & FLAGS;
  }

  final void setFlags(int place, int flags) {
    entries[place] = (entries[place] & ~FLAGS) | flags;
  }

  /** Whether any entry has only a key; looked at for each that a full map has no room for. */
  final boolean hasAbsent() {
    long all = 0;
    for (int place = 0; place < size; place++) {
      all |= entries[place];
    }
    return (all & ABSENT) != 0;
  }

  final boolean isAbsent(int place) {
    return (flags(place) & ABSENT) != 0;
  }

  /** What it takes on the heap. */
  final int heapBytes() {
    return OVERHEAD_BYTES + Long.BYTES * entries.length + bytes.length;
  }
}
