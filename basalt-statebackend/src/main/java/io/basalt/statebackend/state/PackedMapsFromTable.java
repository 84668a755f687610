package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.ChangedEntry;
import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.MapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads maps in their table, for the tier to know them packed. Task thread. */
final class PackedMapsFromTable {

  /** How many entries are read although it is enough to know that there is one. */
  private static final int FEW = 16;

  private final HotTable hot;
  private final HotMaps maps;
  private final HotMapKeys known;
  private final HotEntries entries;
  private final Table table;
  private final MapPlaces<?, ?> places;

  PackedMapsFromTable(
      HotTable hot, HotMaps maps, HotMapKeys known, Table table, MapPlaces<?, ?> places) {
    this.hot = hot;
    this.maps = maps;
    this.known = known;
    this.entries = known.entries();
    this.table = table;
    this.places = places;
  }

  private @Nullable PackedMap find(Place place) {
    return (PackedMap) maps.find(place.key(), place.namespace());
  }

  /** Finds what no packed map knows, and lets the tier know. */
  byte @Nullable [] read(Place place, byte[] userKey) {
    StoredBytes entryKey =
        new StoredBytes(PackedMaps.entryKey(places.prefix(place), userKey, userKey.length));
    PackedMap map = find(place);
    // There may be more in the tier than a full map has room for.
    if ((map != null && map.isFull()) || maps.hasOther(entryKey)) {
      return entries.get(entryKey.bytes());
    }
    maps.missed();
    long version = hot.version();
    byte[] found = table.get(entryKey.bytes());
    if (version != hot.version()) {
      return found;
    }
    if (!isLarge(userKey, found)) {
      addFound(place, userKey, found, version);
    } else if (found == null) {
      entries.offerAbsent(entryKey);
    } else {
      entries.offer(entryKey, found);
    }
    return found;
  }

  private static boolean isLarge(byte[] userKey, byte @Nullable [] found) {
    int length = found == null ? 0 : found.length;
    return userKey.length + length > PackedMap.MOST_OF_AN_ENTRY;
  }

  private void addFound(Place place, byte[] userKey, byte @Nullable [] found, long version) {
    PackedMap map = find(place);
    if (map == null) {
      PackedMap only = new PackedMap(1, userKey.length + (found == null ? 0 : found.length));
      only.addFound(0, userKey, found);
      offer(place, only, version);
      return;
    }
    boolean isClosed = maps.phase() == HotMaps.Phase.CLOSED;
    PackedMap more = isClosed ? map.ofNextEpoch() : map;
    addFound(more, userKey, found);
    if (isClosed) {
      maps.change(places.keyBytes(place), more, more.heapBytes());
    } else {
      maps.grown(places.keyBytes(place), more.heapBytes());
    }
  }

  private static void addFound(PackedMap map, byte[] userKey, byte @Nullable [] found) {
    map.addFound(-map.place(userKey, userKey.length) - 1, userKey, found);
  }

  private void offer(Place place, PackedMap map, long version) {
    hot.offer(
        place.key(),
        place.namespace(),
        place.keyGroup(),
        places.keyBytes(place),
        map,
        map.heapBytes(),
        version);
  }

  /**
   * The entries of a map as they are now, of which nothing is written for that, unless there are
   * changed ones beside packed maps.
   *
   * @param bounds of keys of the map
   */
  EntryCursor open(Place place, Bounds bounds) {
    // Taken before the table is looked at: the snapshot's thread may be writing some of them.
    List<ChangedEntry> above = above(place, bounds);
    EntryCursor below = entries.openAt(bounds);
    return above.isEmpty() ? below : CursorWithChanges.over(below, above.iterator());
  }

  /** What the tier has of a packed map, if not all of that is below. */
  private List<ChangedEntry> above(Place place, Bounds bounds) {
    PackedMap map = find(place);
    if (map == null || maps.phase() == HotMaps.Phase.SETTLED) {
      return List.of();
    }
    byte[] prefix = places.prefix(place);
    List<ChangedEntry> above = new ArrayList<>(map.size());
    for (int at = 0; at < map.size(); at++) {
      byte[] userKey = map.key(at);
      byte[] key = PackedMaps.entryKey(prefix, userKey, userKey.length);
      if (bounds.contain(key)) {
        above.add(new ChangedEntry(key, map.isAbsent(at) ? HotTable.ABSENT : map.value(at)));
      }
    }
    return above;
  }

  /** Whether a map has no entry, of which the tier knows none. */
  boolean isEmpty(Place place) {
    byte[] prefix = places.prefix(place);
    try (EntryCursor cursor = open(place, Bounds.ofPrefix(prefix))) {
      boolean isEmpty = !cursor.isValid();
      if (known.keepsWalks()) {
        offer(place, prefix, cursor, FEW);
      }
      return isEmpty;
    }
  }

  /** All of a map, or null if it is not small. */
  @Nullable PackedMap readWhole(Place place) {
    byte[] prefix = places.prefix(place);
    try (EntryCursor cursor = open(place, Bounds.ofPrefix(prefix))) {
      offer(place, prefix, cursor, PackedMap.MOST);
    }
    PackedMap map = find(place);
    return map != null && map.isComplete() ? map : null;
  }

  /**
   * Keeps entries that a cursor is at the first of, which sees all that there are.
   *
   * @param most that are read
   */
  private void offer(Place place, byte[] prefix, EntryCursor cursor, int most) {
    List<byte[]> keysFound = new ArrayList<>();
    List<byte[]> valuesFound = new ArrayList<>();
    for (; cursor.isValid() && keysFound.size() < most; cursor.next()) {
      keysFound.add(cursor.key());
      valuesFound.add(cursor.value());
    }
    offer(place, prefix.length, keysFound, valuesFound, !cursor.isValid());
  }

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
      boolean isWhole) {
    known.hasCost();
    PackedMap changed = find(place);
    if (changed != null && maps.phase() != HotMaps.Phase.SETTLED) {
      boolean isClosed = maps.phase() == HotMaps.Phase.CLOSED;
      PackedMap more = isClosed ? changed.ofNextEpoch() : changed;
      if (addFound(more, prefixBytes, keysFound, valuesFound) && isWhole) {
        more.setComplete(true);
      }
      if (isClosed) {
        maps.change(places.keyBytes(place), more, more.heapBytes());
      } else {
        maps.grown(places.keyBytes(place), more.heapBytes());
      }
      return;
    }
    PackedMap map = new PackedMap(keysFound.size(), 0);
    map.setComplete(addFound(map, prefixBytes, keysFound, valuesFound) && isWhole);
    // All of that has been written, or this fails.
    hot.forget(place.key(), place.namespace());
    offer(place, map, hot.version());
  }

  /**
   * The same of a map, of which what it has is newer or the same.
   *
   * @return whether it has all of that now
   */
  private boolean addFound(
      PackedMap map, int prefixBytes, List<byte[]> keysFound, List<byte[]> valuesFound) {
    boolean hasAll = true;
    for (int entry = 0; entry < keysFound.size(); entry++) {
      byte[] key = keysFound.get(entry);
      byte[] value = valuesFound.get(entry);
      byte[] userKey = Arrays.copyOfRange(key, prefixBytes, key.length);
      if (map.place(userKey, userKey.length) >= 0) {
        continue;
      }
      if (map.isFull()
          || isLarge(userKey, value)
          || (maps.hasOthers() && !maps.forgetOther(new StoredBytes(key)))) {
        hasAll = false;
      } else {
        addFound(map, userKey, value);
      }
    }
    return hasAll;
  }
}
