package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.SmallMapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps of numbers to numbers in the tier: up to so many entries of a map are one entry of the tier,
 * a {@link SmallMap}; what there is no room for in that is an entry for itself, as those of other
 * maps are ({@link HotEntries}). Of an entry of a map the tier has one of the two at most: whoever
 * adds it to the small map forgets the other, or changes that as long as it has not been written.
 *
 * <p>A small map is complete if it was read as a whole or has been cleared: then whether it is
 * empty is known, and it is walked over, without RocksDB. Where entries expire, what a compaction
 * may have taken is not known any more, once it has been written. Task thread.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 */
final class SmallMaps<K, N, U, V> {

  /** Where no ranges are deleted: more take longer than to wait for a checkpoint does. */
  private static final int MOST_REMOVED_ONE_BY_ONE = 10_000;

  private final HotTable hot;
  private final HotMaps maps;
  private final HotMapKeys known;
  private final HotEntries entries;
  private final @Nullable MapExpiry expiry;
  private final Table table;
  private final SmallMapPlaces<K, N> places;
  private final NumberEntries<U, V> numbers;
  private final MapsFromTable below;

  SmallMaps(
      HotTable hot,
      HotMapKeys known,
      Table table,
      SmallMapPlaces<K, N> places,
      NumberEntries<U, V> numbers) {
    this.hot = hot;
    this.maps = hot.maps();
    this.known = known;
    this.entries = known.entries();
    this.expiry = known.expiry();
    this.table = table;
    this.places = places;
    this.numbers = numbers;
    this.below = new MapsFromTable(hot, maps, known, table, places, numbers);
  }

  /** What is not in the tier. */
  MapsFromTable below() {
    return below;
  }

  /** Numbers as bits and bytes. */
  NumberEntries<U, V> numbers() {
    return numbers;
  }

  SmallMapPlaces<K, N> places() {
    return places;
  }

  /** The value under a user key; null also if it is there and null. */
  @Nullable V get(K key, int keyGroup, N namespace, U userKey) {
    Object hotKey = places.key(key, keyGroup, namespace);
    Object hotNamespace = places.namespace(namespace);
    long bits = numbers.key(userKey);
    SmallMap map = (SmallMap) maps.find(hotKey, hotNamespace);
    int at = map == null ? SmallMap.UNKNOWN : look(map, bits);
    if (map == null || at == SmallMap.UNKNOWN) {
      byte[] found = below.read(new Place(hotKey, hotNamespace, keyGroup), bits);
      return found == null || numbers.isNull(found)
          ? null
          : numbers.value(numbers.valueOf(found), numbers.timeOf(found));
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    return at == SmallMap.NOWHERE || map.isNull(at)
        ? null
        : numbers.value(map.value(at), map.time(at));
  }

  /** Where the map that was found last has a key, without what a compaction may have taken. */
  private int look(SmallMap map, long key) {
    int at = map.look(key);
    if (expiry == null || at < 0 || map.isNull(at) || !expiry.mayBeTaken(map.time(at))) {
      return at;
    }
    forgetTaken(map, expiry);
    return map.look(key);
  }

  private void forgetTaken(SmallMap map, MapExpiry expiring) {
    HotMaps.Phase phase = maps.phase();
    if (phase == HotMaps.Phase.SETTLED) {
      map.isBelow();
      map.forgetTaken(expiring);
    } else if (phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {
      map.forgetTaken(expiring);
    }
  }

  /** Whether a user key is there. */
  boolean contains(K key, int keyGroup, N namespace, U userKey) {
    Object hotKey = places.key(key, keyGroup, namespace);
    Object hotNamespace = places.namespace(namespace);
    long bits = numbers.key(userKey);
    SmallMap map = (SmallMap) maps.find(hotKey, hotNamespace);
    int at = map == null ? SmallMap.UNKNOWN : look(map, bits);
    if (at == SmallMap.UNKNOWN) {
      return below.read(new Place(hotKey, hotNamespace, keyGroup), bits) != null;
    }
    maps.hasAnswered(at == SmallMap.NOWHERE);
    return at != SmallMap.NOWHERE;
  }

  private @Nullable SmallMap find(Place place) {
    return (SmallMap) maps.find(place.key(), place.namespace());
  }

  /** Sets the value under a user key. */
  void put(Place place, U userKey, @Nullable V value) {
    long bits = value == null ? 0 : numbers.bits(value);
    put(place, numbers.key(userKey), value == null, bits, value == null ? 0 : numbers.time(value));
  }

  /** The same by the bytes of both. */
  void put(Place place, byte[] entryKey, int prefixBytes, byte[] value) {
    boolean isNull = numbers.isNull(value);
    long bits = isNull ? 0 : numbers.valueOf(value);
    long time = isNull ? 0 : numbers.timeOf(value);
    put(place, numbers.keyOf(entryKey, prefixBytes), isNull, bits, time);
  }

  /** The same by the bits of both; if null those of the value and its time say nothing. */
  void put(Place place, long key, boolean isNull, long value, long time) {
    put(place, key, isNull, value, time, 1);
  }

  /** Sets all values of the map, or none if one of them is no number. */
  void putAll(Place place, Map<U, V> map) {
    long[] userKeys = new long[map.size()];
    long[] values = new long[userKeys.length];
    long[] times = new long[userKeys.length];
    boolean[] areNull = new boolean[userKeys.length];
    int size = 0;
    for (Map.Entry<U, V> entry : map.entrySet()) {
      V value = entry.getValue();
      userKeys[size] = numbers.key(entry.getKey());
      areNull[size] = value == null;
      values[size] = value == null ? 0 : numbers.bits(value);
      times[size] = value == null ? 0 : numbers.time(value);
      size++;
    }
    for (int entry = 0; entry < size; entry++) {
      put(place, userKeys[entry], areNull[entry], values[entry], times[entry], size - entry);
    }
  }

  /**
   * Puts one of some.
   *
   * @param coming how many, with this one
   */
  private void put(Place place, long key, boolean isNull, long value, long time, int coming) {
    maps.beforeChange();
    SmallMap map = find(place);
    int at = map == null ? -1 : map.place(key);
    if (at < 0 && isElsewhere(place, map, key)) {
      entries.put(places.entryKey(place, key), numbers.bytes(isNull, value, time));
    } else if (map != null) {
      SmallMap changed = changing(map);
      if (at < 0) {
        changed.makeRoom(coming);
        changed.add(-changed.place(key) - 1, key, isNull, value, time);
      } else {
        changed.put(at, isNull, value, time);
      }
      maps.change(places.keyBytes(place), changed, changed.heapBytes());
    } else if (hot.isPassedBy(place.key(), place.namespace())) {
      table.putBuffered(places.entryKey(place, key), numbers.bytes(isNull, value, time));
      hot.passedBy();
    } else {
      SmallMap only = new SmallMap(coming, numbers.expire());
      only.add(0, key, isNull, value, time);
      add(place, only);
    }
  }

  private void add(Place place, SmallMap map) {
    maps.add(
        place.key(),
        place.namespace(),
        place.keyGroup(),
        places.keyBytes(place),
        map,
        map.heapBytes());
  }

  /** Removes a user key. */
  void remove(Place place, U userKey) {
    remove(place, numbers.key(userKey));
  }

  void remove(Place place, long key) {
    maps.beforeChange();
    SmallMap map = find(place);
    int at = map == null ? -1 : map.place(key);
    if (map != null && map.look(key) == SmallMap.NOWHERE) {
      return;
    }
    if (at < 0 && isElsewhere(place, map, key)) {
      entries.delete(places.entryKey(place, key));
    } else if (map != null) {
      SmallMap changed = changing(map);
      if (at < 0) {
        changed.addRemoved(-changed.place(key) - 1, key);
      } else {
        changed.remove(at);
      }
      change(place, changed);
    } else if (hot.isPassedBy(place.key(), place.namespace())) {
      table.deleteBuffered(places.entryKey(place, key));
      hot.passedBy();
    } else {
      SmallMap only = new SmallMap(1, numbers.expire());
      only.addRemoved(0, key);
      add(place, only);
    }
  }

  private void change(Place place, SmallMap changed) {
    maps.change(places.keyBytes(place), changed, changed.heapBytes());
    if (!changed.hasChanges() && find(place) == changed) {
      maps.hasNoChanges();
    }
  }

  /** The map that was found last, as it may be changed. */
  private SmallMap changing(SmallMap map) {
    switch (maps.phase()) {
      case SETTLED -> map.isBelow();
      case CLOSED -> {
        return map.ofNextEpoch();
      }
      case OPEN -> {
        if (maps.mayBeHalfWritten()) {
          map.mayBeBelow();
        }
      }
    }
    return map;
  }

  /**
   * Whether an entry that a small map lacks is to be changed as one for itself: if it is an entry
   * of the tier for itself that is still to be written, or if there is no room.
   */
  private boolean isElsewhere(Place place, @Nullable SmallMap map, long key) {
    if (map != null && map.isFull()) {
      makeRoom(map);
    }
    boolean isElsewhere =
        (map != null && map.isFull())
            || (maps.hasOthers()
                && !maps.forgetOther(new StoredBytes(places.entryKey(place, key))));
    if (isElsewhere && map != null) {
      map.setComplete(false);
    }
    return isElsewhere;
  }

  /** Forgets which keys are gone, of those that are gone below: else a map of many stays full. */
  private void makeRoom(SmallMap map) {
    HotMaps.Phase phase = maps.phase();
    if (phase == HotMaps.Phase.SETTLED) {
      map.isBelow();
      map.forgetAbsent();
    } else if (phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {
      map.forgetAbsent();
    }
  }

  /** Whether a map has no entry, or null if that takes a look at the table. */
  @Nullable Boolean isEmpty(Place place) {
    SmallMap map = find(place);
    if (map == null) {
      return null;
    }
    boolean hasEntry = map.hasEntry();
    if (hasEntry && expiry != null && !map.hasLivingEntry(expiry)) {
      forgetTaken(map, expiry);
      return null;
    }
    if (!hasEntry && !map.isComplete()) {
      return null;
    }
    known.hasPaid();
    maps.hasAnswered(!hasEntry);
    return !hasEntry;
  }

  /**
   * A map with all of its entries, which the caller does not change; or null if not all are known.
   */
  @Nullable SmallMap whole(Place place) {
    SmallMap map = find(place);
    if (map != null && expiry != null && map.mayBeTaken(expiry)) {
      forgetTaken(map, expiry);
    }
    if (map == null || !map.isComplete()) {
      return null;
    }
    known.hasPaid();
    maps.hasAnswered(false);
    return map;
  }

  /** Removes all entries of a map. */
  void clear(Place place, int rangeDeleteEntries) {
    maps.beforeChange();
    SmallMap map = find(place);
    if (map != null && map.isComplete()) {
      known.hasPaid();
    } else {
      // What is filled next may be cleared again before anybody below has heard of it.
      map = known.keepsWalks() ? below.readWhole(place) : null;
    }
    if (map != null) {
      SmallMap cleared = changing(map);
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
    SmallMap inTheTier = find(place);
    Set<Long> keys = inTheTier == null ? new HashSet<>() : inTheTier.presentKeys();
    try (EntryCursor cursor = below.open(place, Bounds.ofPrefix(prefix))) {
      for (; cursor.isValid(); cursor.next()) {
        if (keys.size() + 1 >= many) {
          return false;
        }
        keys.add(numbers.keyOf(cursor.key(), prefix.length));
      }
    }
    keys.forEach(key -> remove(place, key));
    return true;
  }
}
