package io.basalt.statebackend.faults;

import java.util.List;

/** Queues of timers. */
final class TimerFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "frontier-too-early",
              "A timer that was deleted fires all the same once a key group has many",
              "timer/KeyGroupTimers.java",
              "frontier = cache.key(last); take(last);",
              "take(last); frontier = cache.key(last - 1);",
              "timer.TableTimerQueueSmallCacheConformanceTest"),
          new Fault(
              "cache-not-refilled",
              "Of the timers of a key group only those that fit into memory fire",
              "timer/KeyGroupTimers.java",
              "if (cache.size() == 1) {",
              "if (cache.isEmpty()) {",
              "timer.TableTimerQueueSmallCacheConformanceTest"),
          new Fault(
              "earlier-timer-not-told",
              "A timer earlier than all others fires only when the next one is due",
              "timer/KeyGroupTimers.java",
              "boolean isHead = place == 0;",
              "boolean isHead = cache.size() == 1;",
              "timer.TableTimerQueueConformanceTest"),
          new Fault(
              "not-in-order",
              "Of many timers that were just set those behind the first hundred never fire",
              "timer/HotTimers.java",
              "waiting.add(key); addAbove(timer, maybeBelow);",
              "addAbove(timer, maybeBelow);",
              "timer.TimersInTheTierTest#timersThatAreSetInNoOrderFireInOrder"),
          new Fault(
              "not-in-order-any-more",
              "A timer that earlier ones have pushed out of memory fires only after a restore",
              "timer/HotTimers.java",
              "public void release(byte[] key) { waiting.add(key);",
              "public void release(byte[] key) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "removed-in-the-tier-only",
              "A timer that was deleted fires all the same if a checkpoint has it",
              "timer/HotTimers.java",
              "while (key != null && hot.lack(key)) {",
              "while (key != null && false) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "restored-and-unknown",
              "A timer of a savepoint that is set again, and fires, comes back after the next restore",
              "timer/TableTimerQueues.java",
              "isEmpty ? bounds.lowerInclusive() : bounds.upperExclusive()",
              "bounds.lowerInclusive()",
              "timer.TimersInTheTierTest#aRestoredTimerThatIsSetAgainFiresOnce"),
          new Fault(
              "written-and-unknown",
              "A timer that fires late, with a small tier, comes back after a restore",
              "timer/HotTimers.java",
              "if (now != written) {",
              "if (now < written) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "buffered-and-not-written",
              "A checkpoint has none of the timers that were set last, and those that fired last",
              "timer/TimerBuffer.java",
              "table.handOverWithBuffered(buffer::write);",
              "",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "buffered-and-in-the-tier",
              "A timer that was deleted, and set again when many were, never fires",
              "timer/HotTimers.java",
              "below.forget(timer.bytes());",
              "",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "removed-in-the-buffer-only",
              "A timer that was deleted a moment ago fires all the same",
              "timer/TimerWalk.java",
              "if (order == 0) { nextStored(); }",
              "",
              "timer.TableTimerQueueRandomTest"),
          new Fault(
              "set-again-and-new",
              "A timer that is deleted, set and deleted again fires all the same",
              "timer/BufferedTimers.java",
              "changes.mark(place, Change.SET); highest.added(key);",
              "changes.mark(place, Change.NEW); highest.added(key);",
              "timer.TableTimerQueueRandomTest"),
          new Fault(
              "new-without-a-look",
              "A timer that is deleted, set again among the last and fires comes back after a restore",
              "timer/TimerWalk.java",
              "if (order < 0 && cursor != null) {",
              "if (order < 0) {",
              "timer.BufferedTimersTest#aTimerThatIsDeletedAndSetAgainBehindAllFiresOnce"),
          new Fault(
              "buffer-written-and-unknown",
              "A timer that is deleted long after it was set comes back after a restore",
              "timer/HighestBelow.java",
              "below = added;",
              "",
              "timer.TableTimerQueueRandomTest"),
          new Fault(
              "order-dropped-too-early",
              "Timers that were set before a checkpoint began never fire",
              "timer/WaitingTimers.java",
              "hot.areBelow(oldest.epoch);",
              "oldest.epoch < hot.openEpoch();",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "order-dropped-under-a-cursor",
              "Timers never fire that were written while the queue read on",
              "timer/WaitingTimers.java",
              "byte[] first = null;",
              "dropWritten(); byte[] first = null;",
              "timer.HotTimersTest"),
          new Fault(
              "order-kept-of-what-is-written",
              "Of many timers that are set before a checkpoint some never fire",
              "timer/WaitingTimers.java",
              "hot::isWaiting",
              "java.util.function.Predicate.not(hot::isWaiting)",
              "timer.TimersInTheTierTest"),
          new Fault(
              "run-lost",
              "Of timers that are set in no order some never fire",
              "timer/RunMerge.java",
              "atRight < right.end ? right : null",
              "null",
              "timer.SortedRunsTest#theyGoInTheOrderOfTheirBytes"),
          new Fault(
              "runs-not-compared",
              "Timers of a key group fire in the order in which they were set",
              "timer/SortedRuns.java",
              "first == null || Run.compare(run, run.head, first, first.head) < 0",
              "first == null",
              "timer.SortedRunsTest#theyGoInTheOrderOfTheirBytes"),
          new Fault(
              "gone-and-merged",
              "Timers that a queue has at hand are read again, and fire twice",
              "timer/RunMerge.java",
              "isBefore(left) && isBefore(right)",
              "merged.head < 0",
              "timer.SortedRunsTest#theyGoInTheOrderOfTheirBytes"),
          new Fault(
              "short-run-in-the-way",
              "While one timer is far ahead the others of its key group pile up until a checkpoint",
              "timer/SortedRuns.java",
              "for (int next = 1; next < free.size(); next++) {",
              "for (int next = 1; next < Math.min(2, free.size()); next++) {",
              "timer.SortedRunsTest"),
          new Fault(
              "merged-at-once",
              "In a task with one key group one timer more takes seconds now and then",
              "timer/SortedRuns.java",
              "private static final int MOST_MERGED_AT_ONCE = 1 << 12;",
              "private static final int MOST_MERGED_AT_ONCE = 1 << 30;",
              "timer.SortedRunsTest#fewAreLookedAtInOneCall"),
          new Fault(
              "fired-and-noted",
              "A window that is late does not fire again",
              "timer/TableTimerQueue.java",
              "windows.goes(polled);",
              "",
              "state.TimersOfWindowsTest#theyAreThereUntilTheyFireOrAreTakenOut"),
          new Fault(
              "taken-out-and-noted",
              "A window whose timer is deleted and set again never fires",
              "timer/TableTimerQueue.java",
              "windows.goes(element);",
              "",
              "state.TimersOfWindowsTest#theyAreThereUntilTheyFireOrAreTakenOut"),
          new Fault(
              "noted-for-any-time",
              "Of several timers of a window that is in the tier only the first one fires",
              "timer/WindowTimers.java",
              "((TimeWindow) namespace).maxTimestamp() == timer.getTimestamp()",
              "((TimeWindow) namespace).maxTimestamp() != 0",
              "state.TimersOfWindowsTest#theyAreThereUntilTheyFireOrAreTakenOut"),
          new Fault(
              "noted-for-another-queue",
              "A timer is not set in processing time where there is one in event time",
              "hot/EntryNotes.java",
              "return entry != null && entry.note() == number;",
              "return entry != null && entry.note() != 0;",
              "state.TimersOfWindowsTest#theyAreThereUntilTheyFireOrAreTakenOut"),
          new Fault(
              "not-noted",
              "A timer that each record of a window sets again is written and looked for each time",
              "timer/TableTimerQueue.java",
              "windows.added(element);",
              "",
              "state.TimersOfWindowsTest#aTimerThatIsSetAgainIsNotLookedFor"),
          new Fault(
              "last-and-below",
              "A timer that is set again after it has fired writes a deletion",
              "timer/HighestBelow.java",
              "if (Arrays.compareUnsigned(kept, below) < 0) {",
              "if (true) {",
              "timer.TimersInTheTierTest#timersThatComeAndGoBetweenTwoBarriersAreNeverWritten"),
          new Fault(
              "shown-twice",
              "A timer that is in RocksDB and in the tier fires twice",
              "timer/HotTimers.java",
              "waiting.remove(key); if (Arrays.equals(next, key)) {",
              "if (key != next) { waiting.remove(key); } if (Arrays.equals(next, key)) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "view-of-the-table-alone",
              "Timers that were just set are not shown",
              "timer/TableTimerQueue.java",
              "table.handOver();",
              "",
              "timer.TableTimerQueueTest#anIteratorShowsTheMomentItWasMadeIn"),
          new Fault(
              "room-is-made-afterwards",
              "A timer that could not be set for want of disk space fires all the same",
              "hot/HotKeys.java",
              "table.change(entry, PRESENT, HotEntry.bytes(bytes, 0)); }",
              "table.change(entry, PRESENT, HotEntry.bytes(bytes, 0)); } tier.room.make();",
              "timer.TimerFailureTest#aTimerThatTheTierHasNoRoomForIsNotThere"),
          new Fault(
              "past-those-that-leave",
              "A timer that is deleted while its queue leaves the tier fires all the same",
              "hot/HotKeys.java",
              "return isSampled(key) || table.entries.look(key, null) != null;",
              "return isSampled(key);",
              "timer.LeavingTimersTest#aTimerThatIsTakenOutMeanwhileDoesNotFire"),
          new Fault(
              "left-and-not-written",
              "Timers are lost when their queue leaves the tier",
              "hot/LeavingEntries.java",
              "tier.writeNow(changed);",
              "",
              "timer.LeavingTimersTest"),
          new Fault(
              "absent-and-not-asked",
              "A timer that has fired fires again if its queue leaves the tier meanwhile",
              "hot/HotKeys.java",
              "(keepsAll || leaving.areThere() || isSampled(stored))",
              "(keepsAll || isSampled(stored))",
              "timer.LeavingTimersTest#aTimerThatIsTakenOutMeanwhileDoesNotFire"),
          new Fault(
              "half-created",
              "A queue that could not be created for want of disk space never can be",
              "timer/TableTimerQueues.java",
              "state.table().handOver();",
              "",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "written-for-nothing",
              "Every window writes its timer, and its deletion",
              "timer/HighestBelow.java",
              "return Arrays.compareUnsigned(key, below) <= 0;",
              "return true;",
              "timer.TimersInTheTierTest#timersThatComeAndGoBetweenTwoBarriersAreNeverWritten"),
          new Fault(
              "waits-for-the-checkpoint",
              "A window that fires stands still for as long as a checkpoint is written",
              "timer/BufferedTimers.java",
              "table.cursor(fromInclusive, bounds.upperExclusive(), null)",
              "table.cursor(fromInclusive, bounds.upperExclusive())",
              "timer.TimersInTheTierTest#readingOnDoesNotWaitForACheckpoint"),
          new Fault(
              "key-groups-not-reordered",
              "Timers of different key groups fire out of order",
              "timer/TableTimerQueue.java",
              "byHead.adjustModifiedElement(first);",
              "",
              "timer.TableTimerQueueConformanceTest"),
          new Fault(
              "stale-head",
              "The first timer of a key group fires again and again in place of the others",
              "timer/KeyGroupHead.java",
              "if (shown == null || key != first) {",
              "if (shown == null) {",
              "timer.TableTimerQueueConformanceTest"),
          new Fault(
              "equal-time-is-equal",
              "Of two key groups with a timer for the same time the order depends on chance",
              "timer/KeyGroupHead.java",
              "return byPriority == 0 ? compareBytes(one, other) : byPriority;",
              "return byPriority;",
              "timer.TableTimerQueueRandomTest"),
          new Fault(
              "every-key-group-in-the-subset",
              "Timers are written once for each key group and fire in the wrong subtask",
              "timer/TableTimerQueue.java",
              "iterator(head == null ? List.of() : List.of(head))",
              "iterator(known())",
              "timer.TableTimerQueueRandomTest"),
          new Fault(
              "table-stays-beside-the-heap",
              "Timers that have fired from the heap come back from their old table",
              "timer/HeapTimerQueues.java",
              "database.dropTable(state.table()); catalog.remove(state);",
              "",
              "timer.RestoredTimersTest#onTheHeapTheTableAndItsEntryAreGone"),
          new Fault(
              "native-savepoint-without-heap-timers",
              "A native savepoint loses the timers on the heap, as stock's does",
              "timer/HeapTimerQueues.java",
              "return !isCanonicalSavepoint(snapshotType);",
              "return !snapshotType.isSavepoint();",
              "timer.RawKeyedTimersTest#heapTimersOfASnapshotOfFilesAreRaw"),
          new Fault(
              "restored-timers-not-read",
              "Restored timers never fire",
              "timer/TableTimerQueues.java",
              "queue = newQueue(table, stores, false, codec);",
              "queue = newQueue(table, stores, true, codec);",
              "timer.RestoredTimersTest#theTimersAreThereAndOnlyOnce"),
          new Fault(
              "removed-after-it-was-written",
              "A timer whose new bytes are the old ones of another is lost when it is migrated",
              "timer/TimerMigration.java",
              """
              for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
                batch.delete(table, cursor.key());
              }
              for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
                byte[] key = cursor.key();
              """,
              """
              for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
                byte[] key = cursor.key();
                batch.delete(table, key);
              """,
              "timer.RestoredTimersTest#newBytesMayBeTheOldOnesOfAnotherTimer"),
          new Fault(
              "cache-of-all",
              "Restored timers never fire if all are to be at hand",
              "timer/KeyGroupTimers.java",
              "(int) Math.min(Integer.MAX_VALUE, cacheSize + 1L)",
              "cacheSize + 1",
              "timer.TableTimerQueueRandomTest#agreesWithASortedSet"));

  private TimerFaults() {}
}
