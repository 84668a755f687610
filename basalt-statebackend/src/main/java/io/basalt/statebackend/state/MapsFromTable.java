package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.ChangedEntry;
import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.state.MapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads maps of numbers in their table, for the tier to know them. Task thread. */
final class MapsFromTable {

  /** How many entries are read although it is enough to know that there is one. */
  private static final int FEW = 16;

  private final HotTable hot;
  private final HotMaps maps;
  private final HotMapKeys known;
  private final HotEntries entries;
  private final Table table;
  private final SmallMapPlaces<?, ?> places;
  private final NumberEntries<?, ?> numbers;

  MapsFromTable(
      HotTable hot,
      HotMaps maps,
      HotMapKeys known,
      Table table,
      SmallMapPlaces<?, ?> places,
      NumberEntries<?, ?> numbers) {
    this.hot = hot;
    this.maps = maps;
    this.known = known;
    this.entries = known.entries();
    this.table = table;
    this.places = places;
    this.numbers = numbers;
  }

  private @Nullable SmallMap find(Place place) {
    return (SmallMap) maps.find(place.key(), place.namespace());
  }

  /** Finds what no small map knows, and lets the tier know. */
  byte @Nullable [] read(Place place, long userKey) {
    byte[] entryKey = places.entryKey(place, userKey);
    SmallMap map = find(place);
    // There may be more in the tier than a full map has room for.
    if ((map != null && map.isFull()) || maps.hasOther(new StoredBytes(entryKey))) {
      return entries.get(entryKey);
    }
    maps.missed();
    long version = hot.version();
    byte[] found = table.get(entryKey);
    if (version == hot.version()) {
      addFound(place, userKey, found, version);
    }
    return found;
  }

  private void addFound(Place place, long userKey, byte @Nullable [] found, long version) {
    SmallMap map = find(place);
    if (map == null) {
      SmallMap only = new SmallMap(1, numbers.expire());
      addFound(only, userKey, found);
      offer(place, only, version);
      return;
    }
    boolean isClosed = maps.phase() == HotMaps.Phase.CLOSED;
    SmallMap changed = isClosed ? map.ofNextEpoch() : map;
    addFound(changed, userKey, found);
    if (isClosed) {
      maps.change(places.keyBytes(place), changed, changed.heapBytes());
    } else {
      maps.grown(places.keyBytes(place), changed.heapBytes());
    }
  }

  private void addFound(SmallMap map, long userKey, byte @Nullable [] found) {
    int insertion = -map.place(userKey) - 1;
    if (found == null) {
      map.addFoundAbsent(insertion, userKey);
    } else {
      boolean isNull = numbers.isNull(found);
      map.addFound(
          insertion,
          userKey,
          isNull,
          isNull ? 0 : numbers.valueOf(found),
          isNull ? 0 : numbers.timeOf(found));
    }
  }

  private void offer(Place place, SmallMap map, long version) {
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
   * changed ones beside small maps.
   *
   * @param bounds of keys of the map
   */
  EntryCursor open(Place place, Bounds bounds) {
    // Taken before the table is looked at: the snapshot's thread may be writing some of them.
    List<ChangedEntry> above = above(place, bounds);
    EntryCursor below = entries.openAt(bounds);
    return above.isEmpty() ? below : CursorWithChanges.over(below, above.iterator());
  }

  /** What the tier has of a small map, if not all of that is below. */
  private List<ChangedEntry> above(Place place, Bounds bounds) {
    SmallMap map = find(place);
    if (map == null || maps.phase() == HotMaps.Phase.SETTLED) {
      return List.of();
    }
    byte[] prefix = places.prefix(place);
    List<ChangedEntry> above = new ArrayList<>(map.size());
    for (int at = 0; at < map.size(); at++) {
      byte[] key = numbers.entryKey(prefix, map.key(at));
      if (bounds.contain(key)) {
        above.add(
            new ChangedEntry(
                key,
                map.isAbsent(at)
                    ? HotTable.ABSENT
                    : numbers.bytes(map.isNull(at), map.value(at), map.time(at))));
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
  @Nullable SmallMap readWhole(Place place) {
    byte[] prefix = places.prefix(place);
    try (EntryCursor cursor = open(place, Bounds.ofPrefix(prefix))) {
      offer(place, prefix, cursor, SmallMap.MOST);
    }
    SmallMap map = find(place);
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
    SmallMap changed = find(place);
    if (changed != null && maps.phase() != HotMaps.Phase.SETTLED) {
      addFound(place, changed, prefixBytes, keysFound, valuesFound, isWhole);
      return;
    }
    SmallMap map = new SmallMap(Math.max(1, keysFound.size()), numbers.expire());
    boolean hasAll = isWhole;
    for (int entry = 0; entry < keysFound.size(); entry++) {
      byte[] key = keysFound.get(entry);
      if (maps.hasOthers() && !maps.forgetOther(new StoredBytes(key))) {
        hasAll = false;
      } else {
        addFound(map, numbers.keyOf(key, prefixBytes), valuesFound.get(entry));
      }
    }
    map.setComplete(hasAll);
    // All of that has been written, or this fails.
    hot.forget(place.key(), place.namespace());
    offer(place, map, hot.version());
  }

  /** The same of a map with changes, of which what it has is newer or the same. */
  private void addFound(
      Place place,
      SmallMap map,
      int prefixBytes,
      List<byte[]> keysFound,
      List<byte[]> valuesFound,
      boolean isWhole) {
    boolean isClosed = maps.phase() == HotMaps.Phase.CLOSED;
    SmallMap more = isClosed ? map.ofNextEpoch() : map;
    boolean hasAll = isWhole;
    for (int entry = 0; entry < keysFound.size(); entry++) {
      byte[] key = keysFound.get(entry);
      long userKey = numbers.keyOf(key, prefixBytes);
      if (more.place(userKey) >= 0) {
        continue;
      }
      if (more.isFull() || (maps.hasOthers() && !maps.forgetOther(new StoredBytes(key)))) {
        hasAll = false;
      } else {
        addFound(more, userKey, valuesFound.get(entry));
      }
    }
    if (hasAll) {
      more.setComplete(true);
    }
    if (isClosed) {
      maps.change(places.keyBytes(place), more, more.heapBytes());
    } else {
      maps.grown(places.keyBytes(place), more.heapBytes());
    }
  }
}
