package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.MapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Maps of any keys and values in the tier, as {@link SmallMaps} has those of numbers: the entries
 * of a map, up to so many and so much, are one entry of the tier, a {@link PackedMap}; what there
 * is no room for in that, or is large by itself, is an entry for itself ({@link HotEntries}). Of an
 * entry of a map the tier has one of the two at most: whoever adds it to the packed map forgets the
 * other, or changes that as long as it has not been written.
 *
 * <p>A packed map is complete if it was read as a whole or has been cleared. Where entries expire,
 * what a compaction may have taken is not known any more, once it has been written. Task thread.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 */
final class PackedMaps<K, N, U, V> implements TierMaps<K, N, U, V> {

  /** Where no ranges are deleted: more take longer than to wait for a checkpoint does. */
  private static final int MOST_REMOVED_ONE_BY_ONE = 10_000;

  private final HotTable hot;
  private final HotMaps maps;
  private final HotMapKeys known;
  private final HotEntries entries;
  private final @Nullable MapExpiry expiry;
  private final MapPlaces<K, N> places;
  private final MapEntryBytes<U, V> bytes;
  private final PackedMapPhases phases;
  private final PackedMapChanges changes;
  private final PackedMapsFromTable below;

  PackedMaps(
      HotTable hot,
      HotMapKeys known,
      Table table,
      MapPlaces<K, N> places,
      MapEntryBytes<U, V> bytes) {
    this.hot = hot;
    this.maps = hot.maps();
    this.known = known;
    this.entries = known.entries();
    this.expiry = known.expiry();
    this.places = places;
    this.bytes = bytes;
    this.phases = new PackedMapPhases(maps, expiry);
    this.changes = new PackedMapChanges(hot, maps, known, table, places, phases);
    this.below = new PackedMapsFromTable(hot, maps, known, table, places, changes);
  }

  /** Objects as bytes, and the other way round. */
  MapEntryBytes<U, V> bytes() {
    return bytes;
  }

  @Override
  public MapPlaces<K, N> places() {
    return places;
  }

  private @Nullable PackedMap find(Place place) {
    return (PackedMap) maps.find(place.key(), place.namespace());
  }

  @Override
  public @Nullable V get(K key, int keyGroup, N namespace, U userKey) {
    Object hotKey = places.key(key, keyGroup, namespace);
    Object hotNamespace = places.namespace(namespace);
    int length = bytes.writeKey(userKey);
    PackedMap map = (PackedMap) maps.find(hotKey, hotNamespace);
    int at = map == null ? SmallMap.UNKNOWN : phases.look(map, bytes.key(), length);
    if (map == null || at == SmallMap.UNKNOWN || (at >= 0 && map.isApart(at))) {
      byte[] found =
          below.read(new Place(hotKey, hotNamespace, keyGroup), Arrays.copyOf(bytes.key(), length));
      return found == null ? null : bytes.readValue(found, 0, found.length, keyGroup);
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    return at == SmallMap.NOWHERE
        ? null
        : bytes.readValue(map.bytes(), map.keyEnd(at), map.length(at), keyGroup);
  }

  @Override
  public boolean contains(K key, int keyGroup, N namespace, U userKey) {
    Object hotKey = places.key(key, keyGroup, namespace);
    Object hotNamespace = places.namespace(namespace);
    int length = bytes.writeKey(userKey);
    PackedMap map = (PackedMap) maps.find(hotKey, hotNamespace);
    int at = map == null ? SmallMap.UNKNOWN : phases.look(map, bytes.key(), length);
    if (at == SmallMap.UNKNOWN) {
      Place place = new Place(hotKey, hotNamespace, keyGroup);
      return below.contains(place, Arrays.copyOf(bytes.key(), length));
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    return at != SmallMap.NOWHERE;
  }

  @Override
  public void put(Place place, U userKey, @Nullable V value) {
    int keyLength = bytes.writeKey(userKey);
    int length = bytes.writeValue(value, place.keyGroup());
    changes.put(place, bytes.key(), keyLength, bytes.value(), length);
  }

  @Override
  public void put(Place place, byte[] entryKey, int prefixBytes, byte[] value) {
    byte[] userKey = Arrays.copyOfRange(entryKey, prefixBytes, entryKey.length);
    put(place, userKey, value);
  }

  /** Sets the value of an entry that is walked over. */
  void put(Place place, byte[] userKey, byte[] value) {
    changes.put(place, userKey, userKey.length, value, value.length);
  }

  @Override
  public void putAll(Place place, Map<U, V> map) {
    // In their order none moves the others.
    NavigableMap<byte[], byte[]> written = new TreeMap<>(Arrays::compareUnsigned);
    for (Map.Entry<U, V> entry : map.entrySet()) {
      int keyLength = bytes.writeKey(entry.getKey());
      byte[] key = Arrays.copyOf(bytes.key(), keyLength);
      int length = bytes.writeValue(entry.getValue(), place.keyGroup());
      written.put(key, Arrays.copyOf(bytes.value(), length));
    }
    long coming = 0;
    for (Map.Entry<byte[], byte[]> entry : written.entrySet()) {
      coming += PackedMap.bytesOf(entry.getKey().length, entry.getValue().length);
    }
    int left = written.size();
    for (Map.Entry<byte[], byte[]> entry : written.entrySet()) {
      byte[] key = entry.getKey();
      byte[] value = entry.getValue();
      int comingBytes = (int) Math.min(PackedMap.MOST_BYTES, coming);
      changes.put(place, key, key.length, value, value.length, left, comingBytes);
      coming -= PackedMap.bytesOf(key.length, value.length);
      left--;
    }
  }

  @Override
  public void remove(Place place, U userKey) {
    int length = bytes.writeKey(userKey);
    changes.remove(place, bytes.key(), length);
  }

  @Override
  public void remove(Place place, byte[] entryKey, int prefixBytes) {
    removeKey(place, Arrays.copyOfRange(entryKey, prefixBytes, entryKey.length));
  }

  /** The same by the bytes of the user key. */
  void removeKey(Place place, byte[] key) {
    changes.remove(place, key, key.length);
  }

  @Override
  public boolean isEmpty(Place place) {
    PackedMap map = find(place);
    if (map == null) {
      return below.isEmpty(place);
    }
    boolean hasEntry = map.hasEntry();
    if (hasEntry && expiry != null && !map.hasLivingEntry(expiry)) {
      phases.forgetTaken(map, expiry);
      return below.isEmpty(place);
    }
    if (!hasEntry && !map.isComplete()) {
      return below.isEmpty(place);
    }
    known.hasPaid();
    maps.hasAnswered(!hasEntry);
    return !hasEntry;
  }

  @Override
  public <T> Iterator<T> walk(
      Place place, Function<? super Map.Entry<U, V>, T> view, Supplier<Iterator<T>> overTable) {
    return new PackedMapIterator<>(this, place, view, overTable);
  }

  /**
   * A map with all of its entries, which the caller does not change; or null if not all are known.
   */
  @Nullable PackedMap whole(Place place) {
    PackedMap map = find(place);
    if (map != null && expiry != null && map.mayBeTaken(expiry)) {
      phases.forgetTaken(map, expiry);
    }
    if (map == null || !map.isComplete()) {
      return null;
    }
    known.hasPaid();
    maps.hasAnswered(false);
    return map;
  }

  /**
   * The values of those entries of a map that are apart, by their place in it; without those that a
   * compaction has taken.
   *
   * @return null if so few are in the tier that to walk over the table takes less
   */
  @Nullable Map<Integer, byte[]> apart(Place place, PackedMap map) {
    List<StoredBytes> keys = new ArrayList<>();
    List<Integer> at = new ArrayList<>();
    byte[] prefix = places.prefix(place);
    for (int entry = 0; entry < map.size(); entry++) {
      if (map.isApart(entry)) {
        byte[] key = map.key(entry);
        keys.add(new StoredBytes(PackedMapChanges.entryKey(prefix, key, key.length)));
        at.add(entry);
      }
    }
    byte @Nullable [] @Nullable [] found = known.values(keys.toArray(new StoredBytes[0]));
    if (found == null) {
      return null;
    }
    Map<Integer, byte[]> values = new HashMap<>();
    for (int entry = 0; entry < found.length; entry++) {
      byte[] value = found[entry];
      if (value != null) {
        values.put(at.get(entry), value);
      }
    }
    return values;
  }

  @Override
  public EntryCursor open(Place place, Bounds bounds) {
    return below.open(place, bounds);
  }

  @Override
  public void offer(
      Place place,
      int prefixBytes,
      List<byte[]> keysFound,
      List<byte[]> valuesFound,
      boolean isWhole) {
    below.offer(place, prefixBytes, keysFound, valuesFound, isWhole);
  }

  @Override
  public void clear(Place place, int rangeDeleteEntries) {
    maps.beforeChange();
    PackedMap map = find(place);
    if (map != null && map.isComplete()) {
      known.hasPaid();
    } else {
      // What is filled next may be cleared again before anybody below has heard of it.
      map = known.keepsWalks() ? below.readKeys(place) : null;
    }
    if (map != null) {
      changes.clear(place, map);
    } else if (!hot.waitsForEpoch() || !removesEach(place, rangeDeleteEntries)) {
      hot.writeDownAndForget(place.key(), place.namespace());
      entries.deleteAll(Bounds.ofPrefix(places.prefix(place)), rangeDeleteEntries);
    }
  }

  /**
   * Removes all entries of a map one by one, for which nothing has to be written down, unless there
   * are as many as that: then none is.
   */
  private boolean removesEach(Place place, int rangeDeleteEntries) {
    int many = rangeDeleteEntries > 0 ? rangeDeleteEntries : MOST_REMOVED_ONE_BY_ONE;
    byte[] prefix = places.prefix(place);
    // What a compaction has taken below may still be in the tier, for the clock may be set back.
    PackedMap inTheTier = find(place);
    Set<StoredBytes> keys = inTheTier == null ? new HashSet<>() : inTheTier.presentKeys();
    try (EntryCursor cursor = below.open(place, Bounds.ofPrefix(prefix))) {
      for (; cursor.isValid(); cursor.next()) {
        if (keys.size() + 1 >= many) {
          return false;
        }
        byte[] key = cursor.key();
        keys.add(new StoredBytes(Arrays.copyOfRange(key, prefix.length, key.length)));
      }
    }
    keys.forEach(key -> removeKey(place, key.bytes()));
    return true;
  }
}
