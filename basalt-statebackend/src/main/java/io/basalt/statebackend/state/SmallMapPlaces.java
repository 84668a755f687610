package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * By what the tier finds the small maps of a state, and the keys of their entries in the table.
 * Task thread, but for what {@link #writer} gives.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
final class SmallMapPlaces<K, N> {

  /** The namespace of maps whose key has their own: without one are entries that are no maps. */
  private static final Object MAP =
      new Object() {
        @Override
        public String toString() {
          return "map";
        }
      };

  private final StoredKeys<K, N> keys;
  private final EntryKeys<K, N> entryKeys;
  private final NumberEntries<?, ?> numbers;

  SmallMapPlaces(StoredKeys<K, N> keys, EntryKeys<K, N> entryKeys, NumberEntries<?, ?> numbers) {
    this.keys = keys;
    this.entryKeys = entryKeys;
    this.numbers = numbers;
  }

  /** A map: by what it is found. */
  record Place(Object key, Object namespace, int keyGroup) {}

  Place place(K key, int keyGroup, N namespace) {
    return new Place(key(key, keyGroup, namespace), namespace(namespace), keyGroup);
  }

  Object key(K key, int keyGroup, N namespace) {
    return keys.key(key, keyGroup, namespace);
  }

  Object namespace(N namespace) {
    Object exact = keys.namespace(namespace);
    return exact == null ? MAP : exact;
  }

  private static @Nullable Object exact(Object namespace) {
    return namespace == MAP ? null : namespace;
  }

  /** What both take on the heap. */
  int keyBytes(Place place) {
    return keys.heapBytes(place.key, exact(place.namespace));
  }

  /** What the keys of all entries of the map begin with. */
  byte[] prefix(Place place) {
    return keys.entryKey(place.key, exact(place.namespace), place.keyGroup, entryKeys);
  }

  /** The key of an entry of the map. */
  byte[] entryKey(Place place, long userKey) {
    return numbers.entryKey(prefix(place), userKey);
  }

  /** Of entries of the tier, for the task thread. */
  KeyBytes keyBytes() {
    return new SmallMapKeys(
        (key, namespace, keyGroup) -> keys.entryKey(key, exact(namespace), keyGroup, entryKeys),
        numbers);
  }

  /**
   * Writes entries of the tier into the table.
   *
   * @param others writes those that stand for themselves
   * @param writer writes keys for that thread alone
   * @param writes into the table
   */
  EntryWriter writer(
      EntryWriter others, CompositeKeyWriter<K> writer, Table table, SortedWrites writes) {
    EntryKeys<K, N> ownKeys = new EntryKeys<>(writer, entryKeys.namespaceSerializer());
    return new SmallMapWriter(
        (key, namespace, keyGroup) -> keys.entryKey(key, exact(namespace), keyGroup, ownKeys),
        numbers,
        others,
        table,
        writes);
  }
}
