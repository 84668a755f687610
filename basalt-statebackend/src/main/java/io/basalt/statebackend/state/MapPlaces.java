package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.CompositeKeyWriter;
import org.jspecify.annotations.Nullable;

/**
 * By what the tier finds the maps of a state that are kept together. Task thread, but for what
 * {@link #prefixes(CompositeKeyWriter)} gives.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
class MapPlaces<K, N> {

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

  MapPlaces(StoredKeys<K, N> keys, EntryKeys<K, N> entryKeys) {
    this.keys = keys;
    this.entryKeys = entryKeys;
  }

  /** A map: by what it is found. */
  record Place(Object key, Object namespace, int keyGroup) {}

  /** By what a map is found in the tier, as bytes. */
  interface Prefixes {
    byte[] prefix(Object key, Object namespace, int keyGroup);
  }

  final Place place(K key, int keyGroup, N namespace) {
    return new Place(key(key, keyGroup, namespace), namespace(namespace), keyGroup);
  }

  final Object key(K key, int keyGroup, N namespace) {
    return keys.key(key, keyGroup, namespace);
  }

  final Object namespace(N namespace) {
    Object exact = keys.namespace(namespace);
    return exact == null ? MAP : exact;
  }

  private static @Nullable Object exact(Object namespace) {
    return namespace == MAP ? null : namespace;
  }

  /** What both take on the heap. */
  final int keyBytes(Place place) {
    return keys.heapBytes(place.key, exact(place.namespace));
  }

  /** What the keys of all entries of the map begin with. */
  final byte[] prefix(Place place) {
    return prefix(place.key, place.namespace, place.keyGroup);
  }

  final byte[] prefix(Object key, Object namespace, int keyGroup) {
    return keys.entryKey(key, exact(namespace), keyGroup, entryKeys);
  }

  /**
   * The same for another thread.
   *
   * @param writer writes keys for that thread alone
   */
  final Prefixes prefixes(CompositeKeyWriter<K> writer) {
    EntryKeys<K, N> ownKeys = new EntryKeys<>(writer, entryKeys.namespaceSerializer());
    return (key, namespace, keyGroup) -> keys.entryKey(key, exact(namespace), keyGroup, ownKeys);
  }
}
