package io.basalt.statebackend.faults;

import java.util.List;

/** What the tier keeps of states that expire. */
final class ExpiryFaults {

  private static final String BARRIER =
      "state.HotExpiringStatesTest#aSnapshotHasValuesAndTimesOfItsBarrier";
  private static final String SMALL_MAP =
      "state.HotExpiringMapsTest#aSmallMapIsKnownNotToBeEmptyAsLongAsAnEntryLives";
  private static final String LARGE_MAP =
      "state.HotExpiringMapsTest#aLargeMapIsKnownNotToBeEmptyAsLongAsItsKeyLives";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "taken-and-still-known",
              "Entries of a map that was cleared are back when the clock is set back",
              "state/HotEntries.java",
              "&& expiry.mayBeTaken(value)",
              "&& value.length < 0",
              "state.CompactedMapsTest#whatACompactionHasTakenIsNotKnownAnyMore"),
          new Fault(
              "change-taken-for-what-is-below",
              "Changes of entries that expire are lost when the clock is set back",
              "hot/HotTable.java",
              "if (entry == null || !tier.isSettled(entry)) { return false; }",
              "if (entry == null) { return false; }",
              "state.CompactedMapsTest#whatIsStillToBeWrittenStaysKnown"),
          new Fault(
              "lives-by-a-clock-that-was-set-back",
              "A map is not empty of which a compaction has taken the last entry",
              "state/MapExpiry.java",
              "Math.max(clock.getAsLong(), clock.latest())",
              "clock.getAsLong()",
              "state.CompactedMapsTest#aMapOfWhichACompactionHasTakenTheLastEntryIsEmpty"),
          new Fault(
              "time-of-number-stays",
              "A number expires by the time of an earlier access",
              "state/ExpiringNumber.java",
              "stored.time = time;",
              "",
              BARRIER),
          new Fault(
              "expiring-number-handed-over",
              "A checkpoint has the number of the last update and the time of the first",
              "state/ExpiringNumber.java",
              "return new ExpiringNumber(bits, time);",
              "return new ExpiringNumber(bits, 0);",
              BARRIER),
          new Fault(
              "expiring-object-stays",
              "An update of a text that expires changes its time only",
              "state/ExpiringObject.java",
              "if (stored.object != object) {",
              "if (stored.object == null) {",
              BARRIER),
          new Fault(
              "expiring-object-of-any-size",
              "Texts that grow fill the heap",
              "state/ExpiringObject.java",
              "&& objectBytes(stored.object) == objectBytes(object)",
              "",
              "state.HotExpiringStatesTest#aTextThatGrowsIsCountedForWhatItTakes"),
          new Fault(
              "variants-of-no-number",
              "A number that is none has other bits than were read from its bytes",
              "state/NumberBits.java",
              "Double::doubleToLongBits",
              "Double::doubleToRawLongBits",
              "state.SmallMapTest#numbersAreTheBytesOfTheirSerializers"),
          new Fault(
              "time-behind-the-value",
              "A value that expires is written with its parts in the wrong order",
              "layout/ExpiringType.java",
              "target.writeLong(value.getLastAccessTimestamp());"
                  + " serializer.serialize(value.getUserValue(), target);",
              "serializer.serialize(value.getUserValue(), target);"
                  + " target.writeLong(value.getLastAccessTimestamp());",
              BARRIER),
          new Fault(
              "list-overwritten-for-all",
              "A checkpoint has elements of a list that were put after its barrier",
              "state/ListBytes.java",
              "if (!alone || bytes.length != length) {",
              "if (bytes.length != length) {",
              "state.HotSnapshotsTest#aListThatIsOverwrittenLeavesTheOneOfTheBarrier"),
          new Fault(
              "expired-key-stays",
              "A small map of which a compaction has taken all entries is not empty",
              "state/KnownKeys.java",
              "return living != null && time < livingEnd;",
              "return living != null;",
              SMALL_MAP),
          new Fault(
              "removed-key-lives",
              "A map is not empty for as long as an entry would have lived that was removed",
              "state/KnownKeys.java",
              "living = null;",
              "",
              SMALL_MAP),
          new Fault(
              "later-time-stays",
              "A map is not empty though its entry was put again with an earlier time, and expired",
              "state/KnownKeys.java",
              "if (living == null || living.equals(key)) {",
              "if (living == null) {",
              SMALL_MAP),
          new Fault(
              "expired-key-of-a-large-map-stays",
              "A large map of which a compaction has taken all entries is not empty",
              "state/LivingKey.java",
              "return time < end;",
              "return true;",
              LARGE_MAP),
          new Fault(
              "expires-under-a-savepoint",
              "A savepoint lacks values of a state that was registered to expire meanwhile",
              "store/ExpiryFilter.java",
              "|| first == null || mayBeSeen()",
              "|| first == null",
              "state.ExpiryBesideASavepointTest"));

  private ExpiryFaults() {}
}
