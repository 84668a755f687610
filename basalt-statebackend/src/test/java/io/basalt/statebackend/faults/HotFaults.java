package io.basalt.statebackend.faults;

import java.util.List;

/** The tier of live entries. */
final class HotFaults {

  private static final String FAILURES = "hot.HotTierModelTest#nothingIsLostWhenWritesFail";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "changed-while-written",
              "A checkpoint has values of after its barrier",
              "hot/HotTable.java",
              "} else if (!tier.isOpen(entry)) {",
              "} else if (entry.epoch < 0) {",
              "hot.EpochTest#aSnapshotHasTheValueOfItsBarrier"),
          new Fault(
              "evicted-into-a-checkpoint",
              "What is evicted during a checkpoint gets into it",
              "hot/HotTier.java",
              "order.take(closed.isEmpty() ? openEpoch : settledEpoch)",
              "order.take(openEpoch)",
              "hot.EpochTest#nothingNewerGoesDownBeforeTheSnapshotHasItsFiles"),
          new Fault(
              "removal-never-told",
              "A removed value comes back once the tier has forgotten it",
              "hot/HotTable.java",
              "if (!entry.maybeBelow) {",
              "if (entry.isAbsent()) {",
              "hot.HotTierTest#whatMayBeBelowIsRemovedThere"),
          new Fault(
              "removal-of-what-is-being-written",
              "A value that is removed while a checkpoint writes it comes back",
              "hot/HotTable.java",
              "changed.maybeBelow = true;",
              "changed.maybeBelow = false;",
              "hot.EpochTest#whatIsRemovedWhileItIsWrittenIsRemovedBelow"),
          new Fault(
              "settled-before-released",
              "Changes go down before the checkpoint has its files",
              "hot/Epoch.java",
              "return written && over;",
              "return written;",
              "hot.EpochTest#nothingNewerGoesDownBeforeTheSnapshotHasItsFiles"),
          new Fault(
              "cancelled-epoch-forgotten",
              "The changes of a checkpoint that was cancelled are not in the next one",
              "hot/Epoch.java",
              "before.finish();",
              "",
              "hot.InterleavingsTest#anEpochAfterOneThatIsGivenUp"),
          new Fault(
              "cancelled-epoch-settled",
              "The changes of a checkpoint that was cancelled are lost",
              "hot/Epoch.java",
              "return written && over;",
              "return over;",
              "hot.EpochTest#theNextSnapshotWritesWhatACancelledOneHasNot"),
          new Fault(
              "epoch-released-too-early",
              "What is written while a checkpoint links its files may get into it",
              "hot/Epoch.java",
              "fixing.run(); over = true;",
              "over = true; fixing.run();",
              "hot.InterleavingsTest#scansWhileAnEpochIsWritten"),
          new Fault(
              "large-keys-not-counted",
              "Maps with large keys fill the heap",
              "state/KnownKeys.java",
              "keyBytes += key.heapBytes(); return !areTooLarge();",
              "return !areTooLarge();",
              "state.KnownKeysTest#eachKeyIsCountedForWhatItTakes"),
          new Fault(
              "idle-tier-holds-the-heap",
              "An operator without records holds its part of a heap that is full",
              "hot/HotTier.java",
              "giveWay();",
              "",
              "hot.BudgetTest#aTierThatIsNotUsedGivesWayWithTheNextCheckpoint"),
          new Fault(
              "group-half-written",
              "After a failed write a part of the changes is never written",
              "hot/Epoch.java",
              "next = tier.writeGroup(next);",
              "HotEntry group = next; next = null; next = tier.writeGroup(group);",
              FAILURES),
          new Fault(
              "failed-eviction-forgotten",
              "An entry that could not be evicted is never evicted again",
              "hot/HotTier.java",
              "going.forEach(order::putBack);",
              "",
              "hot.HotTierTest#aChangeThatCannotBeWrittenStaysWhereItIs"),
          new Fault(
              "half-written-forgotten",
              "A removed value comes back that was written by a write that failed",
              "hot/HotTier.java",
              "going.forEach(entry -> entry.maybeBelow = true);",
              "",
              "hot.HotTierTest#whatMayHaveBeenWrittenBeforeAFailureIsRemovedBelow"),
          new Fault(
              "scan-into-a-checkpoint",
              "What is written down for a scan gets into a checkpoint",
              "hot/HotTable.java",
              "tier.finishClosed();",
              "",
              "hot.EpochTest#whoScansDoesNotGetIntoASnapshot"),
          new Fault(
              "written-entries-held",
              "The heap fills with entries that have gone, as long as one stays that was changed with"
                  + " them",
              "hot/HotTier.java",
              "unlink(first, entry);",
              "",
              "hot.EpochTest#anEntryThatStaysDoesNotKeepOthersThatWent"),
          new Fault(
              "open-gate",
              "Timers that are set while a checkpoint is written get into it",
              "store/WriteGate.java",
              "current.finish();",
              "",
              "state.HotSnapshotsTest#whatGoesPastTheTierDoesNotGetIntoASnapshot"),
          new Fault(
              "table-after-the-barrier",
              "A checkpoint cannot be restored because of a state that was new when it was written",
              "store/Database.java",
              """
              gate.pass();
              TableOptions tableOptions =
              """,
              "TableOptions tableOptions =",
              "state.HotSnapshotsTest#aStateThatIsNewSinceTheBarrierIsNotInASnapshot"),
          new Fault(
              "cleared-map-stays-hot",
              "Entries of a large map that was cleared are found again",
              "state/HotEntries.java",
              "forget(cursor.key());",
              "cursor.key();",
              "state.HotStatesTest#aLargeMapThatWasClearedIsNotFoundAgain"),
          new Fault(
              "removed-key-still-known",
              "A map of which the last entry was removed is not empty",
              "state/MapOperations.java",
              "known.removing(keys.write(key, keyGroup, namespace), entryKey);",
              "",
              "state.HotStatesTest#aSmallMapIsKnownWithItsKeys"),
          new Fault(
              "scan-of-the-table-alone",
              "getKeys() does not show keys that were written a moment ago",
              "store/ColumnFamilyTable.java",
              "waiting.run();",
              "",
              "state.HotSnapshotsTest#aSnapshotHasTheStateOfItsBarrier"),
          new Fault(
              "late-offer-kept",
              "A value that was read before another was written covers that",
              "hot/HotTable.java",
              "if (version == tier.version() && find(key, namespace) == null) {",
              "if (find(key, namespace) == null) {",
              "hot.HotTierTest#whatWasFoundBelowBeforeSomethingWasWrittenThereIsNotKept"),
          new Fault(
              "offer-covers-change",
              "A value that was read covers one that was written since",
              "hot/HotTable.java",
              "if (version == tier.version() && find(key, namespace) == null) {",
              "if (version == tier.version()) {",
              "hot.HotTierTest#anOfferDoesNotCoverWhatIsKnown"),
          new Fault(
              "replaced-entries-counted-for-ever",
              "With every checkpoint the tier has less room",
              "hot/HotTier.java",
              "usedBytes -= epoch.replacedBytes;",
              "",
              "hot.EpochTest#whatWasBeingWrittenIsNotCountedForEver"),
          new Fault(
              "bucket-split-wrongly",
              "Entries are not found any more when there are many",
              "hot/EntryIndex.java",
              "if ((entry.hash & (mask + 1)) == 0) {",
              "if ((entry.hash & mask) == 0) {",
              "hot.HotTierTest#entriesAreFoundWhileThereBecomeManyAndFewOfThem"),
          new Fault(
              "buckets-merged-wrongly",
              "Entries are not found any more when there are fewer again",
              "hot/EntryIndex.java",
              "set(split, merged);",
              "set(split, first(split));",
              "hot.HotTierTest#entriesAreFoundWhileThereBecomeManyAndFewOfThem"));

  private HotFaults() {}
}
