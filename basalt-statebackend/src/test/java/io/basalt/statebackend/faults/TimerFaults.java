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
              "known-for-ever",
              "A timer that has fired and is set again never fires again",
              "timer/KeyGroupTimers.java",
              "known.forget(key);",
              "",
              "timer.TableTimerQueueTest#aTimerThatIsRegisteredAgainAndAgainIsNotWrittenEachTime"),
          new Fault(
              "never-known",
              "Each record of a window writes its timer again",
              "timer/KnownTimers.java",
              "if (!notesAll && balance > 0) {",
              "if (!notesAll && balance > CLEAR) {",
              "timer.TableTimerQueueTest#aTimerThatIsRegisteredAgainAndAgainIsNotWrittenEachTime"),
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
              "queue = newQueue(table, false, codec);",
              "queue = newQueue(table, true, codec);",
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
