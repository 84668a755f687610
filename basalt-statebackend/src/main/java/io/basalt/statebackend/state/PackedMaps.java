package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.MapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Table table;
  private final MapPlaces<K, N> places;
  private final MapEntryBytes<U, V> bytes;
  private final PackedMapPhases phases;
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
    this.table = table;
    this.places = places;
    this.bytes = bytes;
    this.phases = new PackedMapPhases(maps, expiry);
    this.below = new PackedMapsFromTable(hot, maps, known, table, places);
  }

  /** The key of an entry of the map whose keys begin with the prefix. */
  static byte[] entryKey(byte[] prefix, byte[] userKey, int length) {
    byte[] key = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(userKey, 0, key, prefix.length, length);
    return key;
  }

  private byte[] entryKey(Place place, byte[] userKey, int length) {
    return entryKey(places.prefix(place), userKey, length);
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
    if (map == null || at == SmallMap.UNKNOWN) {
      byte[] found =
          below.read(new Place(hotKey, hotNamespace, keyGroup), Arrays.copyOf(bytes.key(), length));
      return found == null ? null : bytes.readValue(found, 0, found.length, keyGroup);
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    if (at == SmallMap.NOWHERE) {
      return null;
    }
    int begin = map.keyEnd(at);
    return bytes.readValue(map.bytes(), begin, map.end(at) - begin, keyGroup);
  }

  @Override
  public boolean contains(K key, int keyGroup, N namespace, U userKey) {
    Object hotKey = places.key(key, keyGroup, namespace);
    Object hotNamespace = places.namespace(namespace);
    int length = bytes.writeKey(userKey);
    PackedMap map = (PackedMap) maps.find(hotKey, hotNamespace);
    int at = map == null ? SmallMap.UNKNOWN : phases.look(map, bytes.key(), length);
    if (at == SmallMap.UNKNOWN) {
      return below.read(
              new Place(hotKey, hotNamespace, keyGroup), Arrays.copyOf(bytes.key(), length))
          != null;
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    return at != SmallMap.NOWHERE;
  }

  @Override
  public void put(Place place, U userKey, @Nullable V value) {
    int keyLength = bytes.writeKey(userKey);
    int length = bytes.writeValue(value, place.keyGroup());
    put(place, bytes.key(), keyLength, bytes.value(), length, 1);
  }

  @Override
  public void put(Place place, byte[] entryKey, int prefixBytes, byte[] value) {
    byte[] userKey = Arrays.copyOfRange(entryKey, prefixBytes, entryKey.length);
    put(place, userKey, userKey.length, value, value.length, 1);
  }

  /** Sets the value of an entry that is walked over. */
  void put(Place place, byte[] userKey, byte[] value) {
    put(place, userKey, userKey.length, value, value.length, 1);
  }

  @Override
  public void putAll(Place place, Map<U, V> map) {
    List<byte[]> keys = new ArrayList<>(map.size());
    List<byte[]> values = new ArrayList<>(map.size());
    for (Map.Entry<U, V> entry : map.entrySet()) {
      int keyLength = bytes.writeKey(entry.getKey());
      keys.add(Arrays.copyOf(bytes.key(), keyLength));
      int length = bytes.writeValue(entry.getValue(), place.keyGroup());
      values.add(Arrays.copyOf(bytes.value(), length));
    }
    for (int entry = 0; entry < keys.size(); entry++) {
      byte[] key = keys.get(entry);
      byte[] value = values.get(entry);
      put(place, key, key.length, value, value.length, keys.size() - entry);
    }
  }

  /**
   * Puts one of some, whose key and value are the beginnings of these arrays.
   *
   * @param coming how many, with this one
   */
  private void put(Place place, byte[] key, int keyLength, byte[] value, int length, int coming) {
    PackedMap map = find(place);
    int at = map == null ? -1 : map.place(key, keyLength);
    boolean isLarge = keyLength + length > PackedMap.MOST_OF_AN_ENTRY;
    if (at >= 0 && isLarge) {
      // It becomes an entry for itself: that had to be written behind the packed map.
      hot.writeDownAndForget(place.key(), place.namespace());
      entries.put(entryKey(place, key, keyLength), Arrays.copyOf(value, length));
    } else if (at < 0 && isElsewhere(place, map, key, keyLength, isLarge)) {
      entries.put(entryKey(place, key, keyLength), Arrays.copyOf(value, length));
    } else if (map != null) {
      PackedMap changed = phases.changing(map);
      if (at < 0) {
        changed.add(-changed.place(key, keyLength) - 1, key, keyLength, value, length);
      } else {
        changed.put(at, value, length);
      }
      maps.change(places.keyBytes(place), changed, changed.heapBytes());
    } else if (hot.isPassedBy(place.key(), place.namespace())) {
      table.putBuffered(entryKey(place, key, keyLength), Arrays.copyOf(value, length));
      hot.passedBy();
    } else {
      int most = Math.min(coming, PackedMap.MOST);
      PackedMap only =
          new PackedMap(most, Math.min(PackedMap.MOST_BYTES, most * (keyLength + length)));
      only.add(0, key, keyLength, value, length);
      add(place, only);
    }
  }

  private void add(Place place, PackedMap map) {
    maps.add(
        place.key(),
        place.namespace(),
        place.keyGroup(),
        places.keyBytes(place),
        map,
        map.heapBytes());
  }

  @Override
  public void remove(Place place, U userKey) {
    int length = bytes.writeKey(userKey);
    removeKey(place, bytes.key(), length);
  }

  @Override
  public void remove(Place place, byte[] entryKey, int prefixBytes) {
    byte[] userKey = Arrays.copyOfRange(entryKey, prefixBytes, entryKey.length);
    removeKey(place, userKey, userKey.length);
  }

  /** Removes the user key that an array begins with. */
  void removeKey(Place place, byte[] key, int length) {
    PackedMap map = find(place);
    int at = map == null ? -1 : map.place(key, length);
    if (map != null && (at < 0 ? map.isComplete() : map.isAbsent(at))) {
      return;
    }
    if (at < 0 && isElsewhere(place, map, key, length, false)) {
      entries.delete(entryKey(place, key, length));
    } else if (map != null) {
      PackedMap changed = phases.changing(map);
      if (at < 0) {
        changed.addRemoved(-changed.place(key, length) - 1, key, length);
      } else {
        changed.remove(at);
      }
      change(place, changed);
    } else if (hot.isPassedBy(place.key(), place.namespace())) {
      table.deleteBuffered(entryKey(place, key, length));
      hot.passedBy();
    } else {
      PackedMap only = new PackedMap(1, length);
      only.addRemoved(0, key, length);
      add(place, only);
    }
  }

  private void change(Place place, PackedMap changed) {
    maps.change(places.keyBytes(place), changed, changed.heapBytes());
    if (!changed.hasChanges() && find(place) == changed) {
      maps.hasNoChanges();
    }
  }

  /**
   * Whether an entry that a packed map lacks is to be changed as one for itself: if it is an entry
   * of the tier for itself that is still to be written, or if it is large, or if there is no room.
   */
  private boolean isElsewhere(
      Place place, @Nullable PackedMap map, byte[] key, int length, boolean isLarge) {
    if (map != null && map.isFull()) {
      phases.makeRoom(map);
    }
    boolean isElsewhere =
        isLarge
            || length > PackedMap.MOST_OF_AN_ENTRY
            || (map != null && map.isFull())
            || (maps.hasOthers()
                && !maps.forgetOther(new StoredBytes(entryKey(place, key, length))));
    if (isElsewhere && map != null) {
      map.setComplete(false);
    }
    return isElsewhere;
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
    PackedMap map = find(place);
    if (map != null && map.isComplete()) {
      known.hasPaid();
    } else {
      // What is filled next may be cleared again before anybody below has heard of it.
      map = known.keepsWalks() ? below.readWhole(place) : null;
    }
    if (map != null) {
      PackedMap cleared = phases.changing(map);
      cleared.clear();
      change(place, cleared);
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
    keys.forEach(key -> removeKey(place, key.bytes(), key.bytes().length));
    return true;
  }
}
