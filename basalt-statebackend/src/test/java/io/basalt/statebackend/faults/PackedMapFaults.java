package io.basalt.statebackend.faults;

import java.util.List;

/** Maps of rows and other objects, whose entries the tier keeps together as bytes. */
final class PackedMapFaults {

  private static final String MODEL =
      "state.PackedMapTest#whatItWritesMakesTheTableWhatTheUserSees";
  private static final String STATES =
      "state.PackedMapsTest#mapsHaveWhatWasPutAndSnapshotsWhatTheirBarriersHad";
  private static final String TAKEN =
      "state.CompactedMapsTest#whatACompactionHasTakenIsNotKnownAnyMore";

  private static final String WAITING =
      "state.LargeEntriesOfMapsTest#nothingWaitsForACheckpointThoughEntriesAreLarge";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "part-of-a-packed-map-taken-for-all",
              "A walk over a map of rows ends early",
              "state/PackedMapsFromTable.java",
              "boolean hasAll = isWhole;",
              "boolean hasAll = true;",
              STATES),
          new Fault(
              "full-packed-map-still-whole",
              "A walk lacks rows that were put when there was no room with the others",
              "state/PackedMapChanges.java",
              "map.setComplete(false);",
              "",
              STATES),
          new Fault(
              "packed-map-changed-while-it-is-written",
              "A checkpoint has rows of a map that were put after its barrier",
              "state/PackedMapPhases.java",
              "return map.ofNextEpoch();",
              "map.isBelow();",
              STATES),
          new Fault(
              "row-of-a-map-removed-above-only",
              "What is removed from a map of rows while a checkpoint is written comes back",
              "state/PackedMap.java",
              "(copy.flags(place) & ~CHANGED) | MAYBE_BELOW",
              "copy.flags(place) & ~CHANGED",
              MODEL),
          new Fault(
              "written-row-of-a-map-taken-for-new",
              "What is removed from a map of rows after it was written comes back",
              "state/PackedMap.java",
              "isAbsent(place) ? ABSENT : MAYBE_BELOW | (flags(place) & APART)",
              "isAbsent(place) ? ABSENT : flags(place) & APART",
              MODEL),
          new Fault(
              "found-row-not-below",
              "A row that was read from the table and then removed from its map comes back",
              "state/PackedMap.java",
              "value, length, MAYBE_BELOW",
              "value, length, 0",
              MODEL),
          new Fault(
              "moved-key-ends-where-it-did",
              "Keys and values of a map of rows run into each other",
              "state/PackedEntries.java",
              "entries[next] = moved(entries[next], by);",
              "entries[next] += (long) by << END_SHIFT;",
              MODEL),
          new Fault(
              "packed-map-without-bounds",
              "Each change of a map of long rows moves all of them",
              "state/PackedEntries.java",
              "size + some <= MOST && used() + theirBytes <= MOST_BYTES",
              "size + some <= MOST",
              "state.PackedMapTest#itIsFullOfEntriesThatTakeMuch"),
          new Fault(
              "row-in-two-places",
              "A row that has become long is read as it was before",
              "state/PackedMapChanges.java",
              "noted.putApart(at, value, length);",
              "",
              STATES),
          new Fault(
              "walk-over-rows-that-change",
              "A walk over a map of rows shows what was put after it had begun",
              "state/PackedMapIterator.java",
              "whole == null ? null : whole.copy()",
              "whole",
              "state.HotMapsTest#aWalkOverAKnownMapShowsTheValuesOfItsBeginning"),
          new Fault(
              "taken-row-still-known",
              "A row that a compaction has taken is back when the clock is set back",
              "state/PackedMapPhases.java",
              "expiry != null && map.mayBeTaken(at, expiry)",
              "expiry != null && map.mayBeTaken(at, expiry) && at < 0",
              TAKEN),
          new Fault(
              "taken-row-walked-over",
              "A walk shows rows that a compaction has taken when the clock is set back",
              "state/PackedMaps.java",
              "expiry != null && map.mayBeTaken(expiry)",
              "expiry != null && map.isFull()",
              TAKEN),
          new Fault(
              "map-of-taken-rows",
              "A map of rows of which a compaction has taken all is not empty",
              "state/PackedMaps.java",
              "expiry != null && !map.hasLivingEntry(expiry)",
              "expiry != null && map.isFull()",
              TAKEN),
          new Fault(
              "waiting-row-taken-for-taken",
              "A change of a map of rows that is still being written is lost once it has expired",
              "state/PackedMapPhases.java",
              "phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {"
                  + " map.forgetTaken(expiring);",
              "phase == HotMaps.Phase.OPEN && (maps.areEarlierChangesBelow() || map != null)) {"
                  + " map.forgetTaken(expiring);",
              "state.CompactedMapsTest#whatIsStillToBeWrittenStaysKnown"),
          new Fault(
              "changed-row-taken-for-taken",
              "A change of a map of rows is lost once it has expired",
              "state/PackedMap.java",
              "!isChanged(place) && mayBeTaken(place, expiry)",
              "mayBeTaken(place, expiry)",
              "state.PackedMapTest#whatACompactionMayHaveTakenIsForgotten"),
          new Fault(
              "cleared-but-for-large-rows",
              "A large row that was put since the barrier is back after its map was cleared",
              "state/PackedMapChanges.java",
              "maps.removeOther(new StoredBytes(entryKey(place, key, key.length)), place.keyGroup());",
              "",
              WAITING),
          new Fault(
              "grown-packed-map-without-bounds",
              "Each change of a map whose rows have grown moves all of them",
              "state/PackedMapChanges.java",
              "map.canGrow(length - map.length(at))",
              "length >= 0",
              "state.LargeEntriesOfMapsTest#anUpdateDoesNotMoveMoreThanAMapMayHave"),
          new Fault(
              "small-again-while-large-is-written",
              "A row that was long and is short again is read, or restored, as it was",
              "state/PackedMapChanges.java",
              "(at >= 0 && !map.isApart(at)) || takesOver(place, key, keyLength)",
              "at >= 0 || takesOver(place, key, keyLength)",
              STATES),
          new Fault(
              "beginning-taken-for-a-large-row",
              "A walk beside a checkpoint shows the beginning of a large row",
              "state/PackedMapsFromTable.java",
              "if (map.isApart(at)) {",
              "if (map.isAbsent(at)) {",
              STATES),
          new Fault(
              "large-values-read-to-clear",
              "To clear a map of large values takes as much heap as they do",
              "state/PackedMapsFromTable.java",
              "taken += key.length;",
              "taken += key.length + 0 * cursor.value().length;",
              "state.LargeEntriesOfMapsTest#toClearAMapOrToAskWhatItHasNoLongValueIsRead"),
          new Fault(
              "clear-of-rows-writes-others",
              "To clear one map of more rows than are kept together all others are written first",
              "state/HotEntries.java",
              "&& !hot.changes().areOfMaps()",
              "",
              "state.ChangedPackedMapsTest"),
          new Fault(
              "keys-of-emptied-maps-of-rows",
              "getKeys gives keys whose maps of rows are empty",
              "state/PackedMapKeys.java",
              "return absent == null ? null : absent.toArray(new byte[0][]);",
              "return null;",
              "state.ChangedPackedMapsTest#bothAreAsInAModelFromRestoreToRestore"));

  private PackedMapFaults() {}
}
