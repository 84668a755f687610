package io.basalt.statebackend.faults;

import java.util.List;

/** Maps of numbers, whose entries the tier keeps together. */
final class SmallMapFaults {

  private static final String MODEL = "state.SmallMapTest#whatItWritesMakesTheTableWhatTheUserSees";
  private static final String STATES =
      "state.SmallMapsTest#mapsHaveWhatWasPutAndSnapshotsWhatTheirBarriersHad";

  private static final String TAKEN =
      "state.CompactedMapsTest#whatACompactionHasTakenIsNotKnownAnyMore";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "unknown-key-taken-for-absent",
              "An entry that has left the tier is not found any more",
              "state/SmallMap.java",
              "return complete ? NOWHERE : UNKNOWN;",
              "return NOWHERE;",
              STATES),
          new Fault(
              "part-of-a-map-taken-for-all",
              "A walk over a large map ends early",
              "state/MapsFromTable.java",
              "map.setComplete(hasAll);",
              "map.setComplete(true);",
              STATES),
          new Fault(
              "full-map-still-whole",
              "A walk lacks entries that were put when there was no room with the others",
              "state/SmallMaps.java",
              "map.setComplete(false);",
              "",
              STATES),
          new Fault(
              "map-changed-while-it-is-written",
              "A checkpoint has entries of a map that were put after its barrier",
              "state/SmallMaps.java",
              "return map.ofNextEpoch();",
              "map.isBelow();",
              STATES),
          new Fault(
              "entry-of-a-map-removed-above-only",
              "What is removed from a map while a checkpoint is written comes back",
              "state/SmallMap.java",
              "| (EACH * MAYBE_BELOW);",
              "| 0;",
              MODEL),
          new Fault(
              "written-entry-of-a-map-taken-for-new",
              "What is removed from a map after it was written comes back",
              "state/SmallMap.java",
              "| (present * (MAYBE_BELOW / ABSENT));",
              "| 0;",
              MODEL),
          new Fault(
              "written-changes-of-a-map-stay",
              "Every checkpoint writes what a map has ever changed",
              "state/SmallMap.java",
              "copy.words[word] = (copy.words[word] & ~(EACH * CHANGED))",
              "copy.words[word] = copy.words[word]",
              "state.SmallMapTest#whatIsOfTheLastEpochIsNotWrittenAgain"),
          new Fault(
              "found-entry-not-below",
              "What was read from the table and then removed comes back",
              "state/SmallMap.java",
              "insert(insertion, key, value, time, MAYBE_BELOW | (isNull ? NULL : 0));",
              "insert(insertion, key, value, time, isNull ? NULL : 0);",
              MODEL),
          new Fault(
              "half-written-entry-taken-for-new",
              "What was removed from a map after a write that failed comes back",
              "hot/HotMaps.java",
              "return found().maybeBelow;",
              "return false;",
              "hot.MapsInTheTierTest#ofAFailedWriteAPartMayBeBelow"),
          new Fault(
              "unwritten-map-let-go",
              "A map is read as it was before a change that is still being written",
              "hot/HotMaps.java",
              "if (tier.isOpen(entry) && tier.isOpenAlone()) {",
              "if (tier.isOpen(entry)) {",
              "hot.MapsInTheTierTest#oneThatIsBeingWrittenStaysThoughItHasNoChanges"),
          new Fault(
              "entry-in-two-places",
              "An entry is read as it was before it came to the others of its map",
              "hot/HotMaps.java",
              "table.forget(key, null);",
              "",
              "hot.MapsInTheTierTest#anEntryForItselfIsForgottenOnceItIsBelow"),
          new Fault(
              "map-of-a-removed-range",
              "The changes of a map are lost when a large one beside it is cleared",
              "hot/Clearings.java",
              "return entry.namespace == null && range",
              "return range",
              "hot.MapsInTheTierTest#aMapIsOfNoRange"),
          new Fault(
              "walk-over-what-changes",
              "A walk over a map of numbers shows what was put after it had begun",
              "state/SmallMapIterator.java",
              "map = whole.copy();",
              "map = whole;",
              "state.HotMapsTest#aWalkOverAKnownMapShowsTheValuesOfItsBeginning"),
          new Fault(
              "full-of-what-is-gone",
              "The tier has an entry for each of the last keys of a map, as it is full of old ones",
              "state/SmallMaps.java",
              "maps.areEarlierChangesBelow()) {\n      map.forgetAbsent();",
              "map.isComplete() && !map.isComplete()) {\n      map.forgetAbsent();",
              "state.HotMapsTest#aMapOfNumbersDoesNotFillUpWithKeysThatAreGone"),
          new Fault(
              "taken-number-still-known",
              "A number that a compaction has taken is back when the clock is set back",
              "state/SmallMaps.java",
              "|| !expiry.mayBeTaken(map.time(at))) {",
              "|| at < SmallMap.MOST) {",
              TAKEN),
          new Fault(
              "taken-number-walked-over",
              "A walk shows numbers that a compaction has taken when the clock is set back",
              "state/SmallMaps.java",
              "expiry != null && map.mayBeTaken(expiry)",
              "expiry != null && map.isFull()",
              TAKEN),
          new Fault(
              "map-of-taken-numbers",
              "A map of numbers of which a compaction has taken all is not empty",
              "state/SmallMaps.java",
              "expiry != null && !map.hasLivingEntry(expiry)",
              "expiry != null && map.isFull()",
              TAKEN),
          new Fault(
              "waiting-number-taken-for-taken",
              "A change of a map that is still being written is lost once it has expired",
              "state/SmallMaps.java",
              "phase == HotMaps.Phase.OPEN && maps.areEarlierChangesBelow()) {"
                  + " map.forgetTaken(expiring);",
              "phase == HotMaps.Phase.OPEN) { map.forgetTaken(expiring);",
              "state.CompactedMapsTest#whatIsStillToBeWrittenStaysKnown"),
          new Fault(
              "changed-number-taken-for-taken",
              "A change of a map of numbers is lost once it has expired",
              "state/SmallMap.java",
              "hasTime(place) && !isChanged(place)",
              "hasTime(place)",
              "state.SmallMapTest#whatACompactionMayHaveTakenIsForgotten"),
          new Fault(
              "number-with-an-earlier-time",
              "A number in a map expires by the time of an earlier access",
              "state/SmallMap.java",
              "words[2 * capacity + place] = time;",
              "words[2 * capacity + place] = Math.max(time, words[2 * capacity + place]);",
              MODEL));

  private SmallMapFaults() {}
}
