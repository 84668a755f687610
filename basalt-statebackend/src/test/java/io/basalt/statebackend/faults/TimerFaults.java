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
              "frontier = cache.last(); cache.pollLast();",
              "cache.pollLast(); frontier = cache.last();",
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
              "boolean isHead = cache.first() == key;",
              "boolean isHead = cache.size() == 1;",
              "timer.TableTimerQueueConformanceTest"),
          new Fault(
              "not-in-order",
              "Of many timers that were just set those behind the first hundred never fire",
              "timer/HotTimers.java",
              "waiting.add(key); hot.add(",
              "hot.add(",
              "timer.TimersInTheTierTest"),
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
              "if (!hot.lack(key)) {",
              "if (true) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "restored-and-unknown",
              "A timer of a savepoint that is set again, and fires, comes back after the next restore",
              "timer/HotTimers.java",
              "isEmpty ? bounds.lowerInclusive() : bounds.upperExclusive();",
              "bounds.lowerInclusive();",
              "timer.TimersInTheTierTest#aRestoredTimerThatIsSetAgainFiresOnce"),
          new Fault(
              "written-and-unknown",
              "A timer that fires late, with a small tier, comes back after a restore",
              "timer/HotTimers.java",
              "if (written != writtenBefore) {",
              "if (written < writtenBefore) {",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "read-past-the-buffer",
              "A timer for which there is no room is passed over",
              "timer/HotTimers.java",
              "table.handOverBuffered();",
              "",
              "timer.TimersInTheTierRandomTest"),
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
              "if (hot.isWaiting(key)) {",
              "if (!hot.isWaiting(key)) {",
              "timer.TimersInTheTierTest"),
          new Fault(
              "shown-twice",
              "A timer that is in RocksDB and in the tier fires twice",
              "timer/HotTimers.java",
              "waiting.remove(key); if (Arrays.equals(below, key)) {",
              "if (key != below) { waiting.remove(key); } if (Arrays.equals(below, key)) {",
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
              "table.change(entry, PRESENT, HotEntry.bytes(bytes, 0)); } tier.makeRoom();",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "given-up-but-not-forgotten",
              "A timer is lost that is set again after it has fired",
              "hot/HotKeys.java",
              "table.forgetNotes();",
              "",
              "timer.TimersInTheTierRandomTest"),
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
              "timer/HotTimers.java",
              "return Arrays.compareUnsigned(key, highestBelow) <= 0;",
              "return true;",
              "timer.TimersInTheTierTest#timersThatComeAndGoBetweenTwoBarriersAreNeverWritten"),
          new Fault(
              "waits-for-the-checkpoint",
              "A window that fires stands still for as long as a checkpoint is written",
              "timer/HotTimers.java",
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
              "iterator(List.of(keyGroup(keyGroup)))",
              "iterator(keyGroups)",
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
              "timer.RestoredTimersTest#newBytesMayBeTheOldOnesOfAnotherTimer"));

  private TimerFaults() {}
}
