package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotMaps;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.state.MapPlaces.Place;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of maps that are kept packed, by the bytes of user keys and values. Of an entry that is
 * changed either the packed map has what is to be written, or an entry of the tier for itself, for
 * the two are written in any order: the packed map leaves an entry to that as soon as its value has
 * become large, or there is no room, and takes it back once that has been written. Nothing is
 * written, nor waited for, for either. Task thread.
 */
final class PackedMapChanges {

  private final HotTable hot;
  private final HotMaps maps;
  private final HotEntries entries;
  private final Table table;
  private final MapPlaces<?, ?> places;
  private final PackedMapPhases phases;
  private final boolean expire;

  PackedMapChanges(
      HotTable hot,
      HotMaps maps,
      HotMapKeys known,
      Table table,
      MapPlaces<?, ?> places,
      PackedMapPhases phases) {
    this.hot = hot;
    this.maps = maps;
    this.entries = known.entries();
    this.expire = known.expiry() != null;
    this.table = table;
    this.places = places;
    this.phases = phases;
  }

  /** The key of an entry of the map whose keys begin with the prefix. */
  static byte[] entryKey(byte[] prefix, byte[] userKey, int length) {
    byte[] key = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(userKey, 0, key, prefix.length, length);
    return key;
  }

  byte[] entryKey(Place place, byte[] userKey, int length) {
    return entryKey(places.prefix(place), userKey, length);
  }

  private @Nullable PackedMap find(Place place) {
    return (PackedMap) maps.find(place.key(), place.namespace());
  }

  /** Sets the value of a user key, both the beginnings of these arrays. */
  void put(Place place, byte[] key, int keyLength, byte[] value, int length) {
    put(place, key, keyLength, value, length, 1, keyLength + length);
  }

  /**
   * The same of one of some.
   *
   * @param coming how many, with this one
   * @param comingBytes how much they take
   */
  void put(
      Place place,
      byte[] key,
      int keyLength,
      byte[] value,
      int length,
      int coming,
      int comingBytes) {
    maps.beforeChange();
    PackedMap map = find(place);
    if (map == null) {
      putFirst(place, key, keyLength, value, length, coming, comingBytes);
      return;
    }
    int at = map.find(key, keyLength);
    if (at < 0 && !map.hasRoom(keyLength + length)) {
      phases.makeRoom(map);
    }
    if (!isTogether(place, map, at, key, keyLength, length)) {
      putApart(place, map, at, key, keyLength, value, length);
      return;
    }
    PackedMap changed = phases.changing(map);
    if (coming > 1) {
      changed.reserve(coming, comingBytes);
    }
    if (at < 0) {
      changed.add(changed.insertion(key, keyLength), key, keyLength, value, length);
    } else {
      changed.put(at, value, length);
    }
    maps.change(places.keyBytes(place), changed, changed.heapBytes());
  }

  /** Whether the packed map is to have that value. */
  private boolean isTogether(
      Place place, PackedMap map, int at, byte[] key, int keyLength, int length) {
    if (!PackedMap.keeps(keyLength, length)) {
      return false;
    }
    boolean fits = at < 0 ? map.hasRoom(keyLength + length) : map.canGrow(length - map.length(at));
    return fits && ((at >= 0 && !map.isApart(at)) || takesOver(place, key, keyLength));
  }

  /** Whether no entry of the tier has anything of a user key that is still to be written. */
  boolean takesOver(Place place, byte[] key, int length) {
    return !maps.hasOthers() || maps.forgetOther(new StoredBytes(entryKey(place, key, length)));
  }

  private void putFirst(
      Place place,
      byte[] key,
      int keyLength,
      byte[] value,
      int length,
      int coming,
      int comingBytes) {
    if (!PackedMap.keeps(keyLength, length) || !takesOver(place, key, keyLength)) {
      entries.put(entryKey(place, key, keyLength), Arrays.copyOf(value, length));
    } else if (hot.isPassedBy(place.key(), place.namespace())) {
      table.putBuffered(entryKey(place, key, keyLength), Arrays.copyOf(value, length));
      hot.passedBy();
    } else {
      PackedMap only =
          new PackedMap(
              Math.min(coming, PackedMap.MOST), Math.min(PackedMap.MOST_BYTES, comingBytes));
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

  private void putApart(
      Place place, PackedMap map, int at, byte[] key, int keyLength, byte[] value, int length) {
    byte[] entryKey = entryKey(place, key, keyLength);
    byte[] own = Arrays.copyOf(value, length);
    if (at < 0 && !map.hasRoom(keyLength + PackedMap.MOST_OF_A_BEGINNING)) {
      map.setComplete(false);
    } else if (at < 0 || expire || !map.isApart(at)) {
      // First: what is written of the packed map from here on is not what is put now.
      PackedMap noted = phases.changing(map);
      if (at < 0) {
        noted.addApart(noted.insertion(key, keyLength), key, keyLength, value, length);
      } else {
        noted.putApart(at, value, length);
      }
      maps.note(places.keyBytes(place), noted, noted.heapBytes());
      entries.keep(entryKey, own);
      return;
    }
    entries.put(entryKey, own);
  }

  /** Removes the user key that an array begins with. */
  void remove(Place place, byte[] key, int length) {
    maps.beforeChange();
    PackedMap map = find(place);
    int at = map == null ? -1 : map.find(key, length);
    if (map != null && (at < 0 ? map.isComplete() : map.isAbsent(at))) {
      return;
    }
    if (map != null && at < 0 && !map.hasRoom(length)) {
      phases.makeRoom(map);
    }
    boolean isTogether =
        (map != null && at >= 0 && !map.isApart(at))
            || (PackedMap.keeps(length, 0)
                && (map == null || at >= 0 || map.hasRoom(length))
                && takesOver(place, key, length));
    if (!isTogether) {
      byte[] entryKey = entryKey(place, key, length);
      if (map != null && at >= 0) {
        PackedMap noted = phases.changing(map);
        noted.forget(at);
        maps.note(places.keyBytes(place), noted, noted.heapBytes());
      }
      entries.delete(entryKey);
    } else if (map != null) {
      PackedMap changed = phases.changing(map);
      if (at < 0) {
        changed.addRemoved(changed.insertion(key, length), key, length);
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

  /** Removes all of a map that has been found last and is complete. */
  void clear(Place place, PackedMap map) {
    List<byte[]> apart = new ArrayList<>();
    if (maps.hasOthers()) {
      for (byte[] key : map.keysApart()) {
        if (!takesOver(place, key, key.length)) {
          apart.add(key);
        }
      }
    }
    PackedMap cleared = phases.changing(map);
    cleared.clear();
    for (byte[] key : apart) {
      cleared.forget(cleared.find(key, key.length));
      maps.removeOther(new StoredBytes(entryKey(place, key, key.length)), place.keyGroup());
    }
    // Last: room is made once, when nothing can fail any more.
    change(place, cleared);
  }
}
