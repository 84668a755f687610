package io.basalt.statebackend.store;

import java.util.Arrays;
import org.rocksdb.RocksIterator;

/**
 * Takes the bytes of entries out of a cursor, many of them into the same arrays: an array of its
 * own for each key and value costs as much as stepping to the next entry does.
 *
 * <p>What {@link #array} returns is never written to again where earlier entries lie, so they stay
 * readable as long as somebody holds it. One thread at a time.
 */
public final class EntryBytes {

  /** Enough for a small map; the following ones hold about a chunk of small entries. */
  private static final int FIRST_ARRAY_BYTES = 512;

  private static final int ARRAY_BYTES = 8 << 10;

  /** What is longer gets an array of its own rather than keep others from being collected. */
  private static final int LONGEST_SHARED = ARRAY_BYTES / 8;

  private byte[] shared = new byte[FIRST_ARRAY_BYTES];
  private int used;
  private byte[] array = shared;
  private int offset;
  private int length;

  /** Where the bytes read last are. */
  public byte[] array() {
    return array;
  }

  /** Where in the array they start. */
  public int offset() {
    return offset;
  }

  /** How many there are. */
  public int length() {
    return length;
  }

  /** The bytes alone, as a fresh array. */
  public byte[] copy() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** The bytes of an array, which nobody changes. */
  public void take(byte[] own) {
    alone(own);
  }

  void readKey(RocksIterator iterator) {
    int total = iterator.key(shared, used, shared.length - used);
    if (fitted(total)) {
      return;
    }
    if (total > LONGEST_SHARED) {
      alone(iterator.key());
    } else {
      beginArray();
      fitted(iterator.key(shared, used, shared.length));
    }
  }

  void readValue(RocksIterator iterator) {
    int total = iterator.value(shared, used, shared.length - used);
    if (fitted(total)) {
      return;
    }
    if (total > LONGEST_SHARED) {
      alone(iterator.value());
    } else {
      beginArray();
      fitted(iterator.value(shared, used, shared.length));
    }
  }

  /** RocksDB says how long it would be, and cuts off what does not fit. */
  private boolean fitted(int total) {
    if (total > shared.length - used) {
      return false;
    }
    array = shared;
    offset = used;
    length = total;
    used += total;
    return true;
  }

  private void alone(byte[] own) {
    array = own;
    offset = 0;
    length = own.length;
  }

  private void beginArray() {
    shared = new byte[ARRAY_BYTES];
    used = 0;
  }
}
