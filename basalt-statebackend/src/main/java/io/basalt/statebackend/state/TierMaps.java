package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.MapPlaces.Place;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Maps that are kept together in the tier: up to so many entries of a map are one entry of the
 * tier. Task thread.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 */
interface TierMaps<K, N, U, V> {

  MapPlaces<K, N> places();

  /** The value under a user key; null also if it is there and null. */
  @Nullable V get(K key, int keyGroup, N namespace, U userKey);

  /** Whether a user key is there. */
  boolean contains(K key, int keyGroup, N namespace, U userKey);

  /** Sets the value under a user key. */
  void put(Place place, U userKey, @Nullable V value);

  /** The same by the bytes of the entry's key, which begins with so many of its map, and value. */
  void put(Place place, byte[] entryKey, int prefixBytes, byte[] value);

  /** Sets all values of the map, or none if one of them cannot be written. */
  void putAll(Place place, Map<U, V> map);

  /** Removes a user key. */
  void remove(Place place, U userKey);

  /** The same by the bytes of the entry's key. */
  void remove(Place place, byte[] entryKey, int prefixBytes);

  /** Removes all entries of a map. */
  void clear(Place place, int rangeDeleteEntries);

  /** Whether a map has no entry. */
  boolean isEmpty(Place place);

  /**
   * Walks over a map.
   *
   * @param view what is given out, from the entry
   * @param overTable a walk for a map that the tier has not as a whole
   */
  <T> Iterator<T> walk(
      Place place, Function<? super Map.Entry<U, V>, T> view, Supplier<Iterator<T>> overTable);

  /**
   * The entries of a map as they are now, in the table and above it.
   *
   * @param bounds of keys of the map
   */
  EntryCursor open(Place place, Bounds bounds);

  /**
   * Keeps what has just been found in the table, and in the tier what is not below.
   *
   * @param isWhole whether the map has no other entries
   */
  void offer(
      Place place,
      int prefixBytes,
      List<byte[]> keysFound,
      List<byte[]> valuesFound,
      boolean isWhole);
}
