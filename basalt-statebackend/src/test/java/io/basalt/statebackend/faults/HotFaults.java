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
              "hot.EpochTest#theNextSnapshotWritesWhatACancelledOneHasNot"),
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
              "epoch-written-too-early",
              "An older value of a checkpoint that was cancelled covers one that was written since",
              "hot/Epoch.java",
              "long began = System.nanoTime();",
              "long began = System.nanoTime(); written = true;",
              "hot.InterleavingsTest#anEpochThatIsCancelledWhileItIsWritten"),
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
              "tier.writeGroup(list, number);",
              "changes.remove(); tier.writeGroup(list, number); changes.addFirst(list);",
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
              "replaced-values-held",
              "The heap fills with values that were replaced while a checkpoint wrote them",
              "hot/HotEntry.java",
              "closedValue = null;",
              "",
              "hot.EpochTest#aValueThatWasReplacedWhileItWasWrittenIsLetGo"),
          new Fault(
              "value-of-after-the-barrier",
              "A checkpoint has values that were set while it was written",
              "hot/HotEntry.java",
              "if ((int) EPOCH.getAcquire(this) == closed) {\n      write",
              "if (closed > 0) {\n      write",
              "hot.EpochTest#aSnapshotHasTheValueOfItsBarrier"),
          new Fault(
              "one-value-for-two-epochs",
              "Of two checkpoints at once the first has values of the second",
              "hot/HotTier.java",
              "if (entry.keepsValue(settledEpoch)) {",
              "if (openEpoch < 0) {",
              "hot.EpochTest#eachOfTwoSnapshotsHasTheValueOfItsBarrier"),
          new Fault(
              "written-in-any-epoch",
              "A checkpoint lacks the value of an entry that the one before it has written",
              "hot/HotEntry.java",
              "return (int) CLOSED_EPOCH.getAcquire(this) == closed;",
              "return (int) CLOSED_EPOCH.getAcquire(this) > 0;",
              "hot.EpochTest#aSnapshotThatFixesItsFilesDoesNotTakeTheValueOfTheNext"),
          new Fault(
              "cleared-once-cleared-always",
              "An entry of a large map is not found that was put after the map had been cleared",
              "hot/HotTable.java",
              "entry.clearings = clearings.count();",
              "",
              "hot.HotTierTest#whatIsPutAfterAClearingIsThere"),
          new Fault(
              "only-the-last-clearing",
              "Entries of a large map come back after another one has been cleared",
              "hot/Clearings.java",
              "if (clearings.get(entry.clearings).test(entry.key)) {",
              "if (clearings.get(clearings.size() - 1).test(entry.key)) {",
              "hot.HotTierTest#whatIsPutAfterAClearingIsThere"),
          new Fault(
              "clearings-forgotten",
              "Entries of large maps come back when many have been cleared",
              "hot/HotTable.java",
              "} else {\n          tier.order().remove(entry);\n          tier.drop(entry);\n        }",
              "}",
              "hot.HotTierTest#whatIsPutAfterAClearingIsThere"),
          new Fault(
              "changes-out-of-place",
              "While a large checkpoint is written changes of other entries are lost",
              "hot/Epoch.java",
              "list.sortByKeyGroup(false);",
              "list.sortByKeyGroup(true);",
              "hot.EpochTest#aLargeSnapshotIsWrittenByKeyGroupBesideOtherChanges"),
          new Fault(
              "changes-in-no-order",
              "A large checkpoint is written in no order, and takes several times as long",
              "hot/ChangeList.java",
              "if (size <= CHUNK_SIZE) {",
              "if (size > 0) {",
              "hot.EpochTest#aLargeSnapshotIsWrittenByKeyGroupBesideOtherChanges"),
          new Fault(
              "full-group-forgotten",
              "A checkpoint lacks the first of large values",
              "state/SortedWrites.java",
              "bytes > MOST_BYTES - length) {\n      flush();",
              "bytes > MOST_BYTES - length) {\n      discard();",
              "state.HotSnapshotsTest#largeValuesAreWrittenAFewAtATime"),
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
              "hot.forgetAll(key -> bounds.contain(((StoredBytes) key).bytes()));",
              "",
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
