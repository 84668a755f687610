package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.MapEntryValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A map under a key and namespace, an entry of the table for each of its entries, in the byte order
 * of the serialized user keys.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <U> the type of the user keys
 * @param <V> the type of the user values, which may be null
 */
final class MapOperations<K, N, U, V> implements EntryOperations<K, N, Map<U, V>> {

  private final EntryStore entries;
  private final @Nullable HotMapKeys known;
  private final @Nullable TierMaps<K, N, U, V> small;
  private final EntryKeys<K, N> keys;
  private final TypeSerializer<U> userKeySerializer;
  private final ValueBytes<U> userKeys;
  private final MapEntryValue<V> userValues;
  private final int rangeDeleteEntries;

  /**
   * Maps whose entries these are.
   *
   * @param known which keys maps have, or null if the tier has none of their entries
   * @param small what the tier has instead, where maps are kept together
   */
  MapOperations(
      EntryStore entries,
      @Nullable HotMapKeys known,
      @Nullable TierMaps<K, N, U, V> small,
      EntryKeys<K, N> keys,
      TypeSerializer<U> userKeySerializer,
      TypeSerializer<V> userValueSerializer,
      int rangeDeleteEntries) {
    this.entries = entries;
    this.known = known;
    this.small = small;
    this.keys = keys;
    this.userKeySerializer = userKeySerializer;
    this.userKeys = new ValueBytes<>(userKeySerializer);
    this.userValues = new MapEntryValue<>(userValueSerializer);
    this.rangeDeleteEntries = rangeDeleteEntries;
  }

  /** The value under a user key; null also if it is there and null. */
  @Nullable V get(K key, int keyGroup, N namespace, U userKey) {
    if (small != null) {
      return small.get(key, keyGroup, namespace, userKey);
    }
    byte[] bytes = entries.get(keys.write(key, keyGroup, namespace, userKey, userKeySerializer));
    return bytes == null ? null : readUserValue(bytes, 0, bytes.length, keyGroup);
  }

  /** Whether the user key is there, with a value or with null. */
  boolean contains(K key, int keyGroup, N namespace, U userKey) {
    if (small != null) {
      return small.contains(key, keyGroup, namespace, userKey);
    }
    return entries.contains(keys.write(key, keyGroup, namespace, userKey, userKeySerializer));
  }

  /** Sets the value under a user key. */
  void put(K key, int keyGroup, N namespace, U userKey, @Nullable V userValue) {
    if (small != null) {
      small.put(small.places().place(key, keyGroup, namespace), userKey, userValue);
      return;
    }
    byte[] entryKey = keys.write(key, keyGroup, namespace, userKey, userKeySerializer);
    byte[] value = writeUserValue(userValue, keyGroup);
    if (known == null || !known.isUsed()) {
      entries.put(entryKey, value);
    } else {
      put(keys.write(key, keyGroup, namespace), entryKey, value);
    }
  }

  /** Sets all values of the map, or none if one of them cannot be written. */
  void putAll(K key, int keyGroup, N namespace, Map<U, V> map) {
    if (small != null) {
      small.putAll(small.places().place(key, keyGroup, namespace), map);
      return;
    }
    List<byte[]> entryKeys = new ArrayList<>(map.size());
    List<byte[]> values = new ArrayList<>(map.size());
    for (Map.Entry<U, V> entry : map.entrySet()) {
      entryKeys.add(keys.write(key, keyGroup, namespace, entry.getKey(), userKeySerializer));
      values.add(writeUserValue(entry.getValue(), keyGroup));
    }
    if (known == null || !known.isUsed()) {
      entries.putAll(entryKeys, values);
      return;
    }
    byte[] prefix = keys.write(key, keyGroup, namespace);
    try {
      for (int entry = 0; entry < entryKeys.size(); entry++) {
        known.adding(prefix, entryKeys.get(entry), values.get(entry));
      }
      entries.putAll(entryKeys, values);
    } catch (RuntimeException | Error e) {
      // Some of them may not be there.
      known.forget(prefix);
      throw e;
    }
  }

  /** Removes a user key. */
  void remove(K key, int keyGroup, N namespace, U userKey) {
    if (small != null) {
      small.remove(small.places().place(key, keyGroup, namespace), userKey);
      return;
    }
    byte[] entryKey = keys.write(key, keyGroup, namespace, userKey, userKeySerializer);
    if (known == null || !known.isUsed()) {
      entries.delete(entryKey);
    } else {
      delete(keys.write(key, keyGroup, namespace), entryKey);
    }
  }

  /** Whether there is no user key. */
  boolean isEmpty(K key, int keyGroup, N namespace) {
    if (small != null) {
      return small.isEmpty(small.places().place(key, keyGroup, namespace));
    }
    byte[] prefix = keys.write(key, keyGroup, namespace);
    Boolean knownEmpty = known == null ? null : known.isEmpty(prefix);
    if (knownEmpty != null) {
      return knownEmpty;
    }
    try (EntryCursor cursor = entries.openAt(Bounds.ofPrefix(prefix))) {
      boolean isEmpty = !cursor.isValid();
      if (known != null && known.keepsWalks()) {
        known.offerIfFew(prefix, cursor);
      }
      return isEmpty;
    }
  }

  /**
   * Walks the entries and gives a view of each; the iterator removes from the state.
   *
   * @param view what is given out, from the entry, which reads its parts when asked
   */
  <T> Iterator<T> iterator(
      K key, int keyGroup, N namespace, Function<? super Map.Entry<U, V>, T> view) {
    if (small != null) {
      return walk(small, small.places().place(key, keyGroup, namespace), view);
    }
    return new MapIterator<>(this, keys.write(key, keyGroup, namespace), keyGroup, null, view);
  }

  private <T> Iterator<T> walk(
      TierMaps<K, N, U, V> maps, MapPlaces.Place place, Function<? super Map.Entry<U, V>, T> view) {
    return maps.walk(
        place,
        view,
        () -> new MapIterator<>(this, maps.places().prefix(place), place.keyGroup(), place, view));
  }

  /** The same as an iterable that stays with this key and namespace, whatever is current later. */
  <T> Iterable<T> iterable(
      K key, int keyGroup, N namespace, Function<? super Map.Entry<U, V>, T> view) {
    if (small != null) {
      MapPlaces.Place place = small.places().place(key, keyGroup, namespace);
      return () -> walk(small, place, view);
    }
    byte[] prefix = keys.write(key, keyGroup, namespace);
    return () -> new MapIterator<>(this, prefix, keyGroup, null, view);
  }

  @Override
  public @Nullable Map<U, V> get(K key, int keyGroup, N namespace) {
    Map<U, V> map = new LinkedHashMap<>();
    Iterator<Map.Entry<U, V>> walk = iterator(key, keyGroup, namespace, entry -> entry);
    while (walk.hasNext()) {
      Map.Entry<U, V> entry = walk.next();
      map.put(entry.getKey(), entry.getValue());
    }
    return map.isEmpty() ? null : map;
  }

  @Override
  public void put(K key, int keyGroup, N namespace, Map<U, V> map) {
    remove(key, keyGroup, namespace);
    putAll(key, keyGroup, namespace, map);
  }

  /** Removes every user key. */
  @Override
  public void remove(K key, int keyGroup, N namespace) {
    if (small != null) {
      small.clear(small.places().place(key, keyGroup, namespace), rangeDeleteEntries);
      return;
    }
    byte[] prefix = keys.write(key, keyGroup, namespace);
    KnownKeys knownKeys = knownKeys(prefix);
    if (known == null) {
      entries.deleteAll(Bounds.ofPrefix(prefix), rangeDeleteEntries);
    } else if (knownKeys == null) {
      // What is filled next may be cleared again before anybody below has heard of it.
      boolean keeps = known.keepsWalks();
      known.forget(prefix);
      entries.deleteAll(Bounds.ofPrefix(prefix), rangeDeleteEntries);
      if (keeps) {
        known.offerEmpty(prefix);
      }
    } else {
      try {
        for (StoredBytes entryKey : knownKeys.toArray()) {
          knownKeys.remove(entryKey);
          entries.delete(entryKey.bytes());
        }
      } catch (RuntimeException | Error e) {
        // One may still be there.
        known.forget(prefix);
        throw e;
      }
      known.hasPaid();
    }
  }

  /** The keys of a map if they are known; in the order of their bytes. */
  @Nullable KnownKeys knownKeys(byte[] prefix) {
    return known == null ? null : known.of(prefix);
  }

  @Nullable HotMapKeys known() {
    return known;
  }

  @Nullable TierMaps<K, N, U, V> small() {
    return small;
  }

  /** Sets the value of an entry of the map with that prefix. */
  void put(byte[] prefix, byte[] entryKey, byte[] value) {
    if (known == null || !known.isUsed()) {
      entries.put(entryKey, value);
      return;
    }
    try {
      known.adding(prefix, entryKey, value);
      entries.put(entryKey, value);
    } catch (RuntimeException | Error e) {
      // It may not be there.
      known.forget(prefix);
      throw e;
    }
  }

  /** Removes an entry of the map with that prefix. */
  void delete(byte[] prefix, byte[] entryKey) {
    if (known == null || !known.isUsed()) {
      entries.delete(entryKey);
      return;
    }
    try {
      known.removing(prefix, entryKey);
      entries.delete(entryKey);
    } catch (RuntimeException | Error e) {
      // It may still be there.
      known.forget(prefix);
      throw e;
    }
  }

  EntryStore entries() {
    return entries;
  }

  U readUserKey(byte[] bytes, int offset, int length, int keyGroup) {
    try {
      return userKeys.read(bytes, offset, length);
    } catch (IOException e) {
      throw EntryFailure.reading(entries.name(), keyGroup, e);
    }
  }

  @Nullable V readUserValue(byte[] bytes, int offset, int length, int keyGroup) {
    try {
      return userValues.read(bytes, offset, length);
    } catch (IOException e) {
      throw EntryFailure.reading(entries.name(), keyGroup, e);
    }
  }

  byte[] writeUserValue(@Nullable V userValue, int keyGroup) {
    try {
      return userValues.write(userValue);
    } catch (IOException e) {
      throw EntryFailure.writing(entries.name(), keyGroup, e);
    }
  }
}
