package io.basalt.statebackend.faults;

import java.util.List;

/** The database: hand-over of buffered writes, bounds, what is opened and closed. */
final class StoreFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "held-writes-overtaken",
              "A value is overwritten by an older one once a checkpoint is through",
              "store/Batch.java",
              "if (held.areNone() || large != null) {",
              "if (held.operations() >= 0) {\n      write(collected.toArray());\n      forget();\n    } else if (large != null) {",
              "store.HeldWritesTest"),
          new Fault(
              "held-write-lost",
              "An update is lost if the one that had it written fails",
              "store/Batch.java",
              "      write(next);\n      held.removeFirst();",
              "      held.removeFirst();\n      pass();",
              "store.HeldWritesTest"),
          new Fault(
              "changes-in-large-batches",
              "Updates wait for a checkpoint as soon as a batch of them is full",
              "store/Batch.java",
              "held.operations() + operations < MAXIMUM_HELD_OPERATIONS",
              "held.operations() + operations < 1",
              "store.HeldWritesTest"),
          new Fault(
              "checkpoint-without-the-last-timers",
              "Timers that were set just before a checkpoint are not in it",
              "store/Database.java",
              "public void linkFiles(Path target) throws IOException { handOverBuffered();",
              "public void linkFiles(Path target) throws IOException {",
              "store.DatabaseTest#bufferedWritesAreSeenByEveryRead"),
          new Fault(
              "savepoint-without-the-last-timers",
              "Timers that were set just before a canonical savepoint are not in it",
              "store/Database.java",
              """
              handOverBuffered();
              return viewOfHandedOver();
              """,
              "return viewOfHandedOver();",
              "store.DatabaseTest#bufferedWritesAreSeenByEveryRead"),
          new Fault(
              "read-without-the-last-timers",
              "Timers that were set last are passed over when the queue reads on",
              "store/Table.java",
              "handOver(); return cursor(lowerInclusive, upperExclusive, null);",
              "return cursor(lowerInclusive, upperExclusive, null);",
              "store.DatabaseTest#bufferedWritesAreSeenByEveryRead"),
          new Fault(
              "bound-of-the-cursor-before",
              "A walk over one map may go on into the next one",
              "store/CursorOptions.java",
              "upper.setLength(length);",
              "",
              "store.DatabaseTest"),
          new Fault(
              "view-of-the-cursor-before",
              "A walk over a map shows it as it was at an earlier walk",
              "store/BoundedIterator.java",
              "iterator.refresh();",
              "iterator.status();",
              "store.CursorModelTest"),
          new Fault(
              "opened-again-under-a-reader",
              "A state that outgrows the cache takes the savepoint that is being written with it",
              "store/Database.java",
              "if (isRead() ||",
              "if (!openViews.isEmpty() ||",
              "store.BlockMemoryTest#indexesAreCutOnceTheStateHasOutgrownTheCache"),
          new Fault(
              "expires-a-moment-late",
              "A list element stays that Flink would not read any more",
              "store/ExpiredElements.java",
              "return time + toLive <= now;",
              "return time + toLive < now;",
              "store.ExpiryTest#theMomentIsFlinks"),
          new Fault(
              "expires-too-early",
              "Compactions remove values that have half of their time to live left",
              "store/ExpiryFilter.java",
              "Config.createForValue(timeToLive, entries)",
              "Config.createForValue(timeToLive / 2, entries)",
              "peer.ExpiringCompactionTest#whatHasExpiredIsGoneAndNothingElse"),
          new Fault(
              "expires-no-more-after-reopening",
              "Expired entries stay once the database has been opened again",
              "store/ColumnFamilyTable.java",
              "if (expiry != null) { expire(expiry); }",
              "",
              "store.ExpiryTest#itGoesOnInADatabaseThatIsOpenedAgain"),
          new Fault(
              "expired-elements-without-delimiter",
              "Lists of elements of one length are cut off in the middle of an element",
              "ttl/CompactionExpiry.java",
              "element.getLength() + DELIMITER_BYTES",
              "element.getLength()",
              "peer.ExpiringCompactionTest#elementsGoOneByOne"),
          new Fault(
              "period-nobody-looks-at",
              "Files of states that expire are never compacted for their age",
              "store/ExpiryFilter.java",
              "if (!periodIsUsers && !period.equals(period(previous))) {",
              "if (period == null) {",
              "peer.PeriodicCompactionTest#onTheLiveColumnFamily"),
          new Fault(
              "expires-by-the-first-time-to-live",
              "What lives by a longer time to live goes by the one of an earlier registration",
              "store/ExpiryFilter.java",
              "return clock.getAsLong() - (expiry.timeToLive().toMillis() -"
                  + " first.timeToLive().toMillis());",
              "return clock.getAsLong();",
              "peer.ExpiryRegisteredAgainTest#withALongerTimeToLive"),
          new Fault(
              "expires-without-a-time-to-live",
              "Values are taken for times in a state that does not expire any more",
              "store/ExpiryFilter.java",
              "return BEFORE_ALL_TIME;",
              "return clock.getAsLong();",
              "store.ExpiryTest#theLatestOfSeveralCounts"),
          new Fault(
              "appends-overtaken",
              "A list that is read does not have the elements that were added last",
              "store/ColumnFamilyTable.java",
              "appending = false; buffered.flush();",
              "appending = false;",
              "store.CursorModelTest"),
          new Fault(
              "cut-off-entry",
              "A map's entry that does not fit what is left of an array is read in part",
              "store/EntryBytes.java",
              "fitted(iterator.value(shared, used, shared.length)); } }",
              "fitted(shared.length); } }",
              "store.CursorModelTest"),
          new Fault(
              "closed-under-a-reader",
              "A task that ends while queryable state is read takes the TaskManager with it",
              "store/Database.java",
              "clearedFiles.stop(this::stopCompactions);\n    recall.stop();\n    guard.close();",
              "clearedFiles.stop(this::stopCompactions);\n    recall.stop();",
              "store.DatabaseTest#closingWaitsForLeases"),
          new Fault(
              "view-never-closed",
              "Every savepoint makes RocksDB keep all versions of all entries from then on",
              "snapshot/CanonicalSnapshot.java",
              "Fixed.now(database.view(), ReadView::close, lease)",
              "Fixed.now(database.view(), view -> {}, lease)",
              "snapshot.SnapshotFailureTest"),
          new Fault(
              "state-v2-never-disposed",
              "A job of State V2 leaves native memory and files behind in the TaskManager",
              "backend/AsyncStateAdaptor.java",
              "backend.dispose();",
              "",
              "BackendCreationTest#aBackendOfStateV2GoesWithItsAdaptor"),
          new Fault(
              "cleared-files-stay",
              "Maps that were cleared slow every look at them until compactions come",
              "store/ClearedFiles.java",
              "rewriteFiles(table);",
              "",
              "store.CliffsTest#filesOfMapsThatWereClearedAreGoneSoonAfterTheClearIsFlushed"),
          new Fault(
              "rewritten-under-a-view",
              "Files are rewritten for nothing while a savepoint is being written",
              "store/ClearedFiles.java",
              "if (isViewed.getAsBoolean() || !isMostlyCleared(table)) {",
              "if (!isMostlyCleared(table)) {",
              "store.CliffsTest#whatAViewStillSeesIsNotRewrittenForNothing"),
          new Fault(
              "all-of-a-large-table-rewritten",
              "Writes stop for as long as a table of a terabyte is being merged",
              "store/ClearedFiles.java",
              "&& bytes <= table.options().maxBytesForLevelBase();",
              ";",
              "store.CliffsTest#aTableLargerThanTheFirstLevelIsLeftToRocksDb"),
          new Fault(
              "recall-of-everything",
              "The pages of restored files drive those of others out of memory",
              "store/PageBudget.java",
              "if (bytes > most - before - taken) {",
              "if (bytes < 0) {",
              "store.PageRecallTest#atMostHalfOfTheMemoryIsRead"),
          new Fault(
              "recall-for-good",
              "After some restarts of a job nothing that is restored is in memory",
              "store/PageRecall.java",
              "budget.giveBack(taken);",
              "",
              "store.PageRecallTest#severalDatabasesTogetherHaveHalfOfTheMemory"),
          new Fault(
              "recall-of-nothing",
              "The first reads after a restore go to the disk one by one",
              "store/PageRecall.java",
              "source.transferTo(done, Math.min(BYTES_AT_ONCE, size - done), nowhere);",
              "Math.min(BYTES_AT_ONCE, size - done);",
              "store.PageRecallTest#whatRocksDbHasHadForgottenIsInMemoryAgain"),
          new Fault(
              "failed-batch-forgotten",
              "What was collected for a write that failed is lost, though the task goes on",
              "store/Batch.java",
              "ColumnFamilyTable only = several ? null : lastTable;",
              "forget(); ColumnFamilyTable only = several ? null : lastTable;",
              "store.FailureTest#whatAHandOverFailedOnIsWrittenOnceByTheNext"),
          new Fault(
              "batch-written-again",
              "What has been appended to a list is in it twice",
              "store/Batch.java",
              "collected.clear();\n    if (large != null) {",
              "if (large != null) {",
              "store.FailureTest#whatAHandOverFailedOnIsWrittenOnceByTheNext"),
          new Fault(
              "recall-never-ends",
              "A backend is closed only when all of its restored files have been read",
              "store/PageRecall.java",
              "done < size && sent > 0 && !stopped;",
              "done < size && sent > 0;",
              "store.PageRecallTest#aFileIsNotReadToItsEndOnceNobodyWantsIt"),
          new Fault(
              "one-number-of-two-meanings",
              "After scaling in, values of an enum are others than were written",
              "catalog/NumberedNames.java",
              "if (!first.subList(0, both).equals(second.subList(0, both))) {",
              "if (first.isEmpty() && both > 0) {",
              "evolution.DifferentOrdersTest#doNotMeetInOneTable"),
          new Fault(
              "fewer-numbers-are-kept",
              "Some time after scaling in, values of an enum are others than were written",
              "restore/StateAgreement.java",
              "return relation == Relation.SECOND_HAS_MORE ? other : one;",
              "return one;",
              "evolution.DifferentOrdersTest#meetWhereOneHasAllOfTheOther"),
          new Fault(
              "large-copies-above",
              "After scaling in a large state writes stop until RocksDB has merged it",
              "restore/ChosenFiles.java",
              "> settings.mostBytesAbove()",
              "> Long.MAX_VALUE",
              "restore.LargeCopiesTest"),
          new Fault(
              "users-objects-closed-between",
              "When the state outgrows the block cache an options factory gives out a closed filter",
              "store/UsersHandles.java",
              "if (--users == 0) {",
              "if (--users >= 0) {",
              "store.BlockMemoryTest#whatAFactoryHasMadeOnceIsThereForAsLongAsAnyDatabase"));

  private StoreFaults() {}
}
