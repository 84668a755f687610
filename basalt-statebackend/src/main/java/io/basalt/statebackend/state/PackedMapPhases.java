package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotMaps;
import org.jspecify.annotations.Nullable;

/**
 * What may be known and done of the packed map that was found last, by what of it is below. Task
 * thread.
 *
 * @param expiry when compactions may take entries; null for never
 */
record PackedMapPhases(HotMaps maps, @Nullable MapExpiry expiry) {

  /**
   * Where the map has a key, without what a compaction may have taken; or {@link SmallMap#NOWHERE},
   * or {@link SmallMap#UNKNOWN}, as of an entry that is apart and may have been taken.
   */
  int look(PackedMap map, byte[] key, int length) {
    int at = map.find(key, length);
    if (at >= 0 && expiry != null && map.mayBeTaken(at, expiry)) {
      forgetTaken(map, expiry);
      at = map.find(key, length);
      if (at >= 0 && map.isApart(at)) {
        return SmallMap.UNKNOWN;
      }
    }
    if (at >= 0) {
      return map.isAbsent(at) ? SmallMap.NOWHERE : at;
    }
    return map.isComplete() ? SmallMap.NOWHERE : SmallMap.UNKNOWN;
  }

  /** Forgets what a compaction may have taken. */
  void forgetTaken(PackedMap map, MapExpiry expiring) {
    HotMaps.Phase phase = maps.phase();
    if (phase == HotMaps.Phase.SETTLED) {
      map.isBelow();
      map.forgetTaken(expiring);
    } else if (phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {
      map.forgetTaken(expiring);
    }
  }

  /** The map as it may be changed. */
  PackedMap changing(PackedMap map) {
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

  /** Forgets which keys are gone, of those that are gone below: else a map of many stays full. */
  void makeRoom(PackedMap map) {
    if (!map.hasAbsent()) {
      return;
    }
    HotMaps.Phase phase = maps.phase();
    if (phase == HotMaps.Phase.SETTLED) {
      map.isBelow();
      map.forgetAbsent();
    } else if (phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {
      map.forgetAbsent();
    }
  }
}
