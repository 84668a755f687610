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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads maps in their table, for the tier to know them packed. How long values are is looked at
 * before they are copied, and of long ones no more is than is kept here, unless the caller wants
 * them. Task thread.
 */
final class PackedMapsFromTable {

  /** How many entries are read although it is enough to know that there is one. */
  private static final int FEW = 16;

  /** With so many bytes. */
  private static final int FEW_BYTES = 4 << 10;

  private final HotTable hot;
  private final HotMaps maps;
  private final HotMapKeys known;
  private final HotEntries entries;
  private final Table table;
  private final MapPlaces<?, ?> places;
  private final PackedMapChanges changes;

  /** For a value that may be kept packed. */
  private final byte[] buffer = new byte[PackedMap.MOST_OF_AN_ENTRY];

  PackedMapsFromTable(
      HotTable hot,
      HotMaps maps,
      HotMapKeys known,
      Table table,
      MapPlaces<?, ?> places,
      PackedMapChanges changes) {
    this.hot = hot;
    this.maps = maps;
    this.known = known;
    this.entries = known.entries();
    this.table = table;
    this.places = places;
    this.changes = changes;
  }

  private @Nullable PackedMap find(Place place) {
    return (PackedMap) maps.find(place.key(), place.namespace());
  }

  /** Finds what no packed map has, and lets the tier know. */
  byte @Nullable [] read(Place place, byte[] userKey) {
    StoredBytes entryKey = new StoredBytes(changes.entryKey(place, userKey, userKey.length));
    if (isElsewhere(place, userKey, entryKey)) {
      return entries.get(entryKey.bytes());
    }
    maps.missed();
    long version = hot.version();
    byte[] found = table.get(entryKey.bytes());
    if (version != hot.version()) {
      return found;
    }
    boolean isKept =
        found == null
            ? addAbsent(place, userKey, version)
            : addFound(place, userKey, found, found.length, version);
    if (!isKept && found == null) {
      entries.offerAbsent(entryKey);
    } else if (!isKept) {
      entries.offer(entryKey, Objects.requireNonNull(found));
    }
    return found;
  }

  /** Whether there is what no packed map knows. */
  boolean contains(Place place, byte[] userKey) {
    StoredBytes entryKey = new StoredBytes(changes.entryKey(place, userKey, userKey.length));
    if (isElsewhere(place, userKey, entryKey)) {
      return entries.contains(entryKey.bytes());
    }
    maps.missed();
    long version = hot.version();
    int length = table.read(entryKey.bytes(), buffer);
    if (version == hot.version()) {
      if (length == Table.ABSENT) {
        addAbsent(place, userKey, version);
      } else {
        addFound(place, userKey, buffer, length, version);
      }
    }
    return length != Table.ABSENT;
  }

  /** Whether what is to be known of an entry is not to be known of a packed map. */
  private boolean isElsewhere(Place place, byte[] userKey, StoredBytes entryKey) {
    PackedMap map = find(place);
    // There may be more in the tier than a full map has room for.
    return (map != null && (map.isFull() || map.find(userKey, userKey.length) >= 0))
        || maps.hasOther(entryKey);
  }

  /**
   * Keeps what has been found under a key that the map has not, if there is room.
   *
   * @param value begins with it, or with the beginning of a long one
   * @return whether its value is kept
   */
  private boolean addFound(Place place, byte[] userKey, byte[] value, int length, long version) {
    PackedMap map = find(place);
    boolean isKept = PackedMap.keeps(userKey.length, length);
    if (map == null) {
      int beginning = isKept ? length : PackedMap.MOST_OF_A_BEGINNING;
      PackedMap only = new PackedMap(1, userKey.length + beginning);
      if (addFound(only, userKey, value, length, isKept)) {
        offer(place, only, version);
      }
      return isKept;
    }
    isKept &= map.hasRoom(userKey.length + length);
    PackedMap more = more(map);
    if (addFound(more, userKey, value, length, isKept)) {
      grown(place, map, more);
    }
    return isKept;
  }

  /** Whether anything of it is kept now. */
  private static boolean addFound(
      PackedMap map, byte[] userKey, byte[] value, int length, boolean isKept) {
    if (!map.hasRoom(userKey.length + (isKept ? length : PackedMap.MOST_OF_A_BEGINNING))) {
      return false;
    }
    int insertion = map.insertion(userKey, userKey.length);
    if (isKept) {
      map.addFound(insertion, userKey, value, length);
    } else {
      map.addApart(insertion, userKey, userKey.length, value, length);
    }
    return true;
  }

  private boolean addAbsent(Place place, byte[] userKey, long version) {
    PackedMap map = find(place);
    if (!PackedMap.keeps(userKey.length, 0) || (map != null && !map.hasRoom(userKey.length))) {
      return false;
    }
    if (map == null) {
      PackedMap only = new PackedMap(1, userKey.length);
      only.addFoundAbsent(0, userKey);
      offer(place, only, version);
    } else {
      PackedMap more = more(map);
      more.addFoundAbsent(more.insertion(userKey, userKey.length), userKey);
      grown(place, map, more);
    }
    return true;
  }

  /** The map that was found last, for more that is below to be added to it. */
  private PackedMap more(PackedMap map) {
    return maps.phase() == HotMaps.Phase.CLOSED ? map.ofNextEpoch() : map;
  }

  private void grown(Place place, PackedMap map, PackedMap more) {
    if (more == map) {
      maps.grown(places.keyBytes(place), more.heapBytes());
    } else {
      maps.change(places.keyBytes(place), more, more.heapBytes());
    }
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
      if (map.isApart(at)) {
        // An entry of the tier for itself, or below.
        continue;
      }
      byte[] userKey = map.key(at);
      byte[] key = PackedMapChanges.entryKey(prefix, userKey, userKey.length);
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
        offerFew(place, prefix.length, cursor);
      }
      return isEmpty;
    }
  }

  /** Keeps some entries from the one on that a cursor is at, which sees all that there are. */
  private void offerFew(Place place, int prefixBytes, EntryCursor cursor) {
    List<byte[]> keysFound = new ArrayList<>();
    List<byte[]> valuesFound = new ArrayList<>();
    int taken = 0;
    for (; cursor.isValid() && keysFound.size() < FEW && taken < FEW_BYTES; cursor.next()) {
      byte[] key = cursor.key();
      int length = cursor.value(buffer);
      // Of a long one that it is long, and its beginning.
      byte[] value = Arrays.copyOf(buffer, Math.min(length, buffer.length + 1));
      keysFound.add(key);
      valuesFound.add(value);
      taken += key.length + value.length;
    }
    offer(place, prefixBytes, keysFound, valuesFound, !cursor.isValid(), false);
  }

  /**
   * All of a map that is about to be cleared: its keys, for its values do not matter.
   *
   * @return the map as found last, or null if it has too many
   */
  @Nullable PackedMap readKeys(Place place) {
    byte[] prefix = places.prefix(place);
    List<byte[]> userKeys = new ArrayList<>();
    known.hasCost();
    try (EntryCursor cursor = open(place, Bounds.ofPrefix(prefix))) {
      int taken = 0;
      for (; cursor.isValid(); cursor.next()) {
        byte[] key = cursor.key();
        taken += key.length;
        if (userKeys.size() == PackedMap.MOST || taken > PackedMap.MOST_BYTES) {
          return null;
        }
        userKeys.add(Arrays.copyOfRange(key, prefix.length, key.length));
      }
    }
    PackedMap map = find(place);
    PackedMap before = map == null || maps.phase() == HotMaps.Phase.SETTLED ? null : map;
    int added = 0;
    int addedBytes = 0;
    for (byte[] userKey : userKeys) {
      if (before == null || before.find(userKey, userKey.length) < 0) {
        added++;
        addedBytes += userKey.length;
      }
    }
    if (before != null && !before.hasRoomFor(added, addedBytes)) {
      return null;
    }
    PackedMap more = before == null ? new PackedMap(added, addedBytes) : more(before);
    for (byte[] userKey : userKeys) {
      int at = more.place(userKey, userKey.length);
      if (at < 0) {
        more.addApart(-at - 1, userKey, userKey.length, userKey, 0);
      }
    }
    more.setComplete(true);
    if (before == null) {
      // All of that has been written, or this fails.
      hot.forget(place.key(), place.namespace());
      offer(place, more, hot.version());
    } else {
      grown(place, before, more);
    }
    return find(place) == more ? more : null;
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
    offer(place, prefixBytes, keysFound, valuesFound, isWhole, true);
  }

  private void offer(
      Place place,
      int prefixBytes,
      List<byte[]> keysFound,
      List<byte[]> valuesFound,
      boolean isWhole,
      boolean areWhole) {
    known.hasCost();
    PackedMap changed = find(place);
    List<Integer> apart;
    if (changed != null && maps.phase() != HotMaps.Phase.SETTLED) {
      PackedMap more = more(changed);
      apart = addFound(place, more, prefixBytes, keysFound, valuesFound, isWhole);
      grown(place, changed, more);
    } else {
      PackedMap map = new PackedMap(keysFound.size(), bytesOf(prefixBytes, keysFound, valuesFound));
      apart = addFound(place, map, prefixBytes, keysFound, valuesFound, isWhole);
      // All of that has been written, or this fails.
      hot.forget(place.key(), place.namespace());
      offer(place, map, hot.version());
    }
    if (areWhole) {
      // As the last step: it may take the room of what is kept packed.
      for (int entry : apart) {
        entries.offer(new StoredBytes(keysFound.get(entry)), valuesFound.get(entry));
      }
    }
  }

  /** How much of them is kept packed, but for want of room. */
  private static int bytesOf(int prefixBytes, List<byte[]> keysFound, List<byte[]> valuesFound) {
    int bytes = 0;
    for (int entry = 0; entry < keysFound.size() && bytes < PackedMap.MOST_BYTES; entry++) {
      int keyLength = keysFound.get(entry).length - prefixBytes;
      int length = valuesFound.get(entry).length;
      boolean isKept = PackedMap.keeps(keyLength, length);
      bytes += keyLength + (isKept ? length : PackedMap.MOST_OF_A_BEGINNING);
    }
    return Math.min(PackedMap.MOST_BYTES, bytes);
  }

  /**
   * The same of a map, of which what it has is newer or the same.
   *
   * @return which of them are apart
   */
  private List<Integer> addFound(
      Place place,
      PackedMap map,
      int prefixBytes,
      List<byte[]> keysFound,
      List<byte[]> valuesFound,
      boolean isWhole) {
    boolean hasAll = isWhole;
    List<Integer> apart = new ArrayList<>();
    for (int entry = 0; entry < keysFound.size(); entry++) {
      byte[] key = keysFound.get(entry);
      byte[] value = valuesFound.get(entry);
      byte[] userKey = Arrays.copyOfRange(key, prefixBytes, key.length);
      int at = map.find(userKey, userKey.length);
      if (at < 0) {
        boolean isKept =
            PackedMap.keeps(userKey.length, value.length)
                && map.hasRoom(userKey.length + value.length)
                && changes.takesOver(place, userKey, userKey.length);
        hasAll &= addFound(map, userKey, value, value.length, isKept);
        at = isKept ? at : map.find(userKey, userKey.length);
      }
      if (at >= 0 && map.isApart(at)) {
        apart.add(entry);
      }
    }
    if (hasAll) {
      map.setComplete(true);
    }
    return apart;
  }
}
