package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Entries on their way from the thread that reads a canonical snapshot to the one that writes it,
 * many in the same arrays: an array for each key and value, and a hand-over for each entry, would
 * cost as much as reading does.
 *
 * <pre>
 *   bytes    | key | value | key | value | ...
 *   places   | key group, state, end of key, end of value | ...
 * </pre>
 *
 * <p>What does not fit any more gets arrays of its own, and is the last of its chunk. One thread at
 * a time.
 */
final class EntryChunk {

  static final int BYTES = 256 << 10;

  /** From here on it is full; what is left is for the entry that crosses the line. */
  private static final int FULL_BYTES = BYTES - (64 << 10);

  private static final int MOST_ENTRIES = 4096;

  private static final int PLACE = 4;

  /** What one takes on the heap, but for what has arrays of its own. */
  static final int HEAP_BYTES = BYTES + MOST_ENTRIES * PLACE * Integer.BYTES;

  private static final int STATE = 1;
  private static final int KEY_END = 2;
  private static final int VALUE_END = 3;

  private final byte[] bytes;
  private final int[] places;
  private int entries;
  private int used;

  /** Of the key that was read last and belongs to no entry yet. */
  private int keyEnd;

  private byte @Nullable [] nextOwnKey;

  /** Key and value of the last entry where they did not fit. */
  private byte @Nullable [] ownKey;

  private byte @Nullable [] ownValue;

  private EntryChunk(int bytes, int entries) {
    this.bytes = new byte[bytes];
    this.places = new int[entries * PLACE];
  }

  /** A chunk to be filled. */
  static EntryChunk empty() {
    return new EntryChunk(BYTES, MOST_ENTRIES);
  }

  /** A chunk that stays empty. */
  static EntryChunk ofNothing() {
    return new EntryChunk(0, 0);
  }

  void clear() {
    entries = 0;
    used = 0;
    ownKey = null;
    ownValue = null;
  }

  int entries() {
    return entries;
  }

  boolean isFull() {
    return used >= FULL_BYTES || entries == MOST_ENTRIES || endsWithOwnArrays();
  }

  /** Whether the last entry is so large that no other one should be waiting beside it. */
  boolean endsWithOwnArrays() {
    return ownKey != null || ownValue != null;
  }

  /** Reads the key on which the cursor stands; there is an entry once {@link #add} is called. */
  void key(Cursor cursor) {
    int length = cursor.key(bytes, used);
    if (length <= BYTES - used) {
      nextOwnKey = null;
      keyEnd = used + length;
    } else {
      nextOwnKey = cursor.key();
      keyEnd = used;
    }
  }

  /** The key group of the key that was read last. */
  int keyGroupOfKey(KeyGroupPrefix prefix) {
    byte[] own = nextOwnKey;
    return own == null ? prefix.keyGroup(bytes, used) : prefix.keyGroup(own, 0);
  }

  /** Whether the key that was read last comes before this one. */
  boolean keyIsBefore(byte[] end) {
    byte[] own = nextOwnKey;
    return own == null
        ? Arrays.compareUnsigned(bytes, used, keyEnd, end, 0, end.length) < 0
        : Arrays.compareUnsigned(own, end) < 0;
  }

  /** Adds the key that was read last and the value on which the cursor stands. */
  void add(int keyGroup, int state, Cursor cursor) {
    int length = cursor.value(bytes, keyEnd);
    if (length <= BYTES - keyEnd) {
      added(keyGroup, state, keyEnd + length);
    } else {
      ownValue = cursor.value();
      added(keyGroup, state, keyEnd);
    }
  }

  /** Adds the key that was read last and another value. */
  void add(int keyGroup, int state, byte[] value) {
    if (value.length <= BYTES - keyEnd) {
      System.arraycopy(value, 0, bytes, keyEnd, value.length);
      added(keyGroup, state, keyEnd + value.length);
    } else {
      ownValue = value;
      added(keyGroup, state, keyEnd);
    }
  }

  /** Adds an entry. */
  void add(int keyGroup, int state, byte[] key, byte[] value) {
    if (key.length <= BYTES - used) {
      System.arraycopy(key, 0, bytes, used, key.length);
      nextOwnKey = null;
      keyEnd = used + key.length;
    } else {
      nextOwnKey = key;
      keyEnd = used;
    }
    add(keyGroup, state, value);
  }

  private void added(int keyGroup, int state, int valueEnd) {
    int place = entries * PLACE;
    places[place] = keyGroup;
    places[place + STATE] = state;
    places[place + KEY_END] = keyEnd;
    places[place + VALUE_END] = valueEnd;
    used = valueEnd;
    ownKey = nextOwnKey;
    entries++;
  }

  int keyGroup(int entry) {
    return places[entry * PLACE];
  }

  int state(int entry) {
    return places[entry * PLACE + STATE];
  }

  /** The key as a fresh array, which the caller may change. */
  byte[] key(int entry) {
    byte[] own = ownKey;
    return own != null && entry == entries - 1
        ? own
        : Arrays.copyOfRange(bytes, start(entry), places[entry * PLACE + KEY_END]);
  }

  byte[] value(int entry) {
    byte[] own = ownValue;
    return own != null && entry == entries - 1
        ? own
        : Arrays.copyOfRange(
            bytes, places[entry * PLACE + KEY_END], places[entry * PLACE + VALUE_END]);
  }

  private int start(int entry) {
    return entry == 0 ? 0 : places[(entry - 1) * PLACE + VALUE_END];
  }
}
