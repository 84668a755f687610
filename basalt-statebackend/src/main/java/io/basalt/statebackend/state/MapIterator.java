package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.EntryBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks a map's entries a chunk at a time.
 *
 * <p>Nobody closes an iterator over a map, so it may hold no cursor between two calls: it reads a
 * chunk, closes the cursor, and later seeks behind the last key it has read. What is written while
 * it walks shows from the next chunk on. The size of a chunk can therefore be observed, and is that
 * of Flink's RocksDB backend: a job that adds to a map of up to 128 entries while it walks it sees
 * the old entries only, and ends.
 *
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 * @param <T> the type of what is given out
 */
final class MapIterator<U, V, T> implements Iterator<T> {

  private static final int CHUNK_ENTRIES = 128;

  private final MapOperations<?, ?, U, V> map;
  private final byte[] prefix;
  private final int keyGroup;
  private final MapPlaces.@Nullable Place place;
  private final byte[] upperExclusive;
  private final Function<? super Map.Entry<U, V>, T> view;
  private final List<Entry> chunk = new ArrayList<>();
  private final EntryBytes bytes = new EntryBytes();
  private byte[] lowerInclusive;
  private int position;
  private boolean begun;
  private boolean lastChunk;

  /**
   * A walk over the map with that prefix.
   *
   * @param place the same as a map that is kept together in the tier, or null if it is none
   */
  MapIterator(
      MapOperations<?, ?, U, V> map,
      byte[] prefix,
      int keyGroup,
      MapPlaces.@Nullable Place place,
      Function<? super Map.Entry<U, V>, T> view) {
    Bounds bounds = Bounds.ofPrefix(prefix);
    this.map = map;
    this.prefix = prefix;
    this.keyGroup = keyGroup;
    this.place = place;
    this.view = view;
    this.lowerInclusive = bounds.lowerInclusive();
    this.upperExclusive = bounds.upperExclusive();
  }

  @Override
  public boolean hasNext() {
    if (position == chunk.size() && !lastChunk) {
      readChunk();
    }
    return position < chunk.size();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return view.apply(chunk.get(position++));
  }

  @Override
  public void remove() {
    Entry current = current();
    if (current == null || current.isRemoved()) {
      throw new IllegalStateException("There is no entry to remove: call next() first.");
    }
    current.remove();
  }

  /** The entry given out last, or null. Survives the reading of the next chunk. */
  private @Nullable Entry current() {
    return position > 0 ? chunk.get(position - 1) : null;
  }

  private void readChunk() {
    Entry current = current();
    chunk.clear();
    position = 0;
    if (current != null) {
      // hasNext() must not take the entry away from a remove() that follows it.
      chunk.add(current);
      position = 1;
    }
    boolean first = !begun;
    begun = true;
    if (first && readKnown()) {
      lastChunk = true;
      return;
    }
    try (EntryCursor cursor = open(new Bounds(lowerInclusive, upperExclusive))) {
      for (int read = 0; read < CHUNK_ENTRIES && cursor.isValid(); read++) {
        chunk.add(new Entry(cursor));
        cursor.next();
      }
      lastChunk = !cursor.isValid();
    }
    if (first && lastChunk) {
      keep();
    }
    if (!lastChunk) {
      byte[] lastKey = chunk.get(chunk.size() - 1).entryKey();
      // The first key behind it, which works whether or not it is still there by then.
      lowerInclusive = Arrays.copyOf(lastKey, lastKey.length + 1);
    }
  }

  private EntryCursor open(Bounds bounds) {
    TierMaps<?, ?, U, V> small = map.small();
    return small != null && place != null
        ? small.open(place, bounds)
        : map.entries().openAt(bounds);
  }

  /** Reads the whole map from the tier, if that knows what keys it has. */
  private boolean readKnown() {
    HotMapKeys known = map.known();
    KnownKeys keys = place == null ? map.knownKeys(prefix) : null;
    if (known == null || keys == null) {
      return false;
    }
    StoredBytes[] entryKeys = keys.toArray();
    byte @Nullable [] @Nullable [] values = known.values(entryKeys);
    if (values == null) {
      return false;
    }
    for (int i = 0; i < entryKeys.length; i++) {
      byte[] value = values[i];
      if (value == null) {
        // A compaction has taken it, for it had expired.
        keys.remove(entryKeys[i]);
      } else {
        chunk.add(new Entry(entryKeys[i].bytes(), value));
      }
    }
    return true;
  }

  /** Lets the tier know all of a map that has been read as a whole. */
  private void keep() {
    HotMapKeys known = map.known();
    if (known == null || chunk.size() > KnownKeys.MOST || !known.keepsWalks()) {
      return;
    }
    TierMaps<?, ?, U, V> small = map.small();
    if (small != null && place != null) {
      small.offer(
          place,
          prefix.length,
          chunk.stream().map(Entry::entryKey).toList(),
          chunk.stream().map(Entry::entryValue).toList(),
          true);
      return;
    }
    StoredBytes[] keys = new StoredBytes[chunk.size()];
    byte[][] values = new byte[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new StoredBytes(chunk.get(i).entryKey());
      values[i] = chunk.get(i).entryValue();
    }
    known.offer(prefix, keys, values);
  }

  /** An entry of the map, which reads its parts when asked for them and writes through. */
  private final class Entry extends MapEntry<U, V> {

    private final byte[] keyArray;
    private final int keyOffset;
    private final int keyLength;
    private byte @Nullable [] valueArray;
    private int valueOffset;
    private int valueLength;
    private @Nullable U userKey;
    private @Nullable V userValue;
    private boolean userKeyRead;
    private boolean userValueRead;

    /** The one that the cursor is at. */
    Entry(EntryCursor cursor) {
      cursor.key(bytes);
      keyArray = bytes.array();
      keyOffset = bytes.offset();
      keyLength = bytes.length();
      cursor.value(bytes);
      valueArray = bytes.array();
      valueOffset = bytes.offset();
      valueLength = bytes.length();
    }

    /** Of these bytes, which nobody changes. */
    Entry(byte[] key, byte[] value) {
      keyArray = key;
      keyLength = key.length;
      keyOffset = 0;
      valueArray = value;
      valueLength = value.length;
    }

    byte[] entryValue() {
      byte[] value = Objects.requireNonNull(valueArray);
      if (valueOffset == 0 && valueLength == value.length) {
        // A long one has an array for itself, which nobody changes.
        return value;
      }
      return Arrays.copyOfRange(value, valueOffset, valueOffset + valueLength);
    }

    byte[] entryKey() {
      return Arrays.copyOfRange(keyArray, keyOffset, keyOffset + keyLength);
    }

    boolean isRemoved() {
      return valueArray == null;
    }

    void remove() {
      TierMaps<?, ?, U, V> small = map.small();
      if (small != null && place != null) {
        small.remove(place, entryKey(), prefix.length);
      } else {
        map.delete(prefix, entryKey());
      }
      valueArray = null;
    }

    @Override
    public @Nullable U getKey() {
      if (!userKeyRead) {
        userKey =
            map.readUserKey(
                keyArray, keyOffset + prefix.length, keyLength - prefix.length, keyGroup);
        userKeyRead = true;
      }
      return userKey;
    }

    /** The value as it was when its chunk was read, or null once removed through the iterator. */
    @Override
    public @Nullable V getValue() {
      if (valueArray == null) {
        return null;
      }
      if (!userValueRead) {
        userValue = map.readUserValue(valueArray, valueOffset, valueLength, keyGroup);
        userValueRead = true;
      }
      return userValue;
    }

    @Override
    public @Nullable V setValue(@Nullable V value) {
      if (isRemoved()) {
        throw new IllegalStateException("The entry has been removed by its iterator.");
      }
      V old = getValue();
      byte[] written = map.writeUserValue(value, keyGroup);
      TierMaps<?, ?, U, V> small = map.small();
      if (small != null && place != null) {
        small.put(place, entryKey(), prefix.length, written);
      } else {
        // The tier keeps the array, and a later put may change that in place.
        map.put(prefix, entryKey(), written.clone());
      }
      valueArray = written;
      valueOffset = 0;
      valueLength = written.length;
      // Read again when asked for: the caller may go on changing the object it has put in.
      userValue = null;
      userValueRead = false;
      return old;
    }
  }
}
