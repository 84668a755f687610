package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all entries of a small map, in the order of their bytes. Changed as the map is: it is
 * never written anywhere, so no snapshot has it. Task thread.
 */
final class KnownKeys {

  /** More are not kept: to add one moves the others. */
  static final int MOST = 128;

  /** Nor are those of a map whose keys take more: other maps would have to go for them. */
  private static final long MOST_BYTES = 64 << 10;

  /** Of this object and the head of its array. */
  private static final int OVERHEAD_BYTES = 48 + 16;

  private static final int REFERENCE_BYTES = 4;
  private static final int LEAST_CAPACITY = 4;
  private static final StoredBytes NONE = new StoredBytes(new byte[0]);

  private StoredBytes[] keys;
  private int size;

  /** What the keys take. */
  private long keyBytes;

  /** One of them whose entry is known not to have expired for a while; null if there is none. */
  private @Nullable StoredBytes living;

  private long livingEnd;

  /** In which they were noted. */
  private @Nullable Object generation;

  private KnownKeys(StoredBytes[] keys) {
    this.keys = keys;
    this.size = keys.length;
    for (StoredBytes key : keys) {
      keyBytes += key.heapBytes();
    }
  }

  /** These keys, which are in order; at most {@link #MOST}. */
  static KnownKeys of(StoredBytes... keys) {
    return new KnownKeys(keys);
  }

  /** They are kept by whoever notes all changes of the map, as long as he does. */
  void noteIn(Object current) {
    generation = current;
  }

  /** Whether all changes since have been noted here. */
  boolean isOf(Object current) {
    return generation == current;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether they take too much to be kept. */
  boolean areTooLarge() {
    return keyBytes > MOST_BYTES;
  }

  /** The keys as they are now. */
  StoredBytes[] toArray() {
    return Arrays.copyOf(keys, size);
  }

  boolean has(StoredBytes key) {
    return place(key) >= 0;
  }

  /** Whether one of them has an entry that has not expired at that time. */
  boolean liveAt(long time) {
    return living != null && time < livingEnd;
  }

  /** One of them has an entry that expires then; it is remembered if that lives. */
  void lives(StoredBytes key, long end) {
    living = key;
    livingEnd = end;
  }

  /** An entry was put under one of them: its end is another one, if it is the one remembered. */
  void put(StoredBytes key, long end) {
    if (living == null || living.equals(key)) {
      lives(key, end);
    }
  }

  /** Whether there is still room for it; if not nothing more is to be asked of these. */
  boolean add(StoredBytes key) {
    int place = place(key);
    if (place >= 0) {
      return true;
    }
    if (size == MOST) {
      return false;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, Math.max(LEAST_CAPACITY, 2 * size));
    }
    int insertion = -place - 1;
    System.arraycopy(keys, insertion, keys, insertion + 1, size - insertion);
    keys[insertion] = key;
    size++;
    keyBytes += key.heapBytes();
    return !areTooLarge();
  }

  void remove(StoredBytes key) {
    int place = place(key);
    if (living != null && living.equals(key)) {
      living = null;
    }
    if (place >= 0) {
      keyBytes -= keys[place].heapBytes();
      System.arraycopy(keys, place + 1, keys, place, size - place - 1);
      size--;
      // It would be held for as long as the map is.
      keys[size] = NONE;
    }
  }

  private int place(StoredBytes key) {
    return Arrays.binarySearch(
        keys, 0, size, key, (left, right) -> Arrays.compareUnsigned(left.bytes(), right.bytes()));
  }

  /** What it takes, with the keys, though entries of the tier may share them. */
  int heapBytes() {
    return (int)
        Math.min(Integer.MAX_VALUE, OVERHEAD_BYTES + REFERENCE_BYTES * keys.length + keyBytes);
  }
}
