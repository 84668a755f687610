package io.basalt.statebackend.faults;

import java.util.List;

/** What is to be bounded, and operations for which there is no room. */
final class RoomFaults {

  private static final String HELD = "store.HeldMemoryTest";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "failed-after-the-change",
              "An element is twice in a list, for to add it had failed and was tried again",
              "hot/Room.java",
              "isLacking = true;\n    }\n  }\n\n  /** An entry is going to be",
              "throw e;\n    }\n  }\n\n  /** An entry is going to be",
              "state.OperationsOnAFullDiskTest#whatThrowsHasNotBeenMade"),
          new Fault(
              "room-never-lacking",
              "While the disk is full the tier grows without end",
              "hot/Room.java",
              "if (isLacking) {\n      make();",
              "if (isLacking) {",
              "hot.HotTierModelTest#nothingIsLostWhenWritesFail"),
          new Fault(
              "read-into-no-room",
              "While the disk is full the tier grows with all that is read",
              "hot/HotTable.java",
              "if (!tier.room.isThereFor(HotEntry.bytes(keyBytes, valueBytes))) {\n      return;\n    }",
              "",
              "hot.RoomTest#nothingIsKeptWhereThereIsNoRoom"),
          new Fault(
              "held-by-each",
              "Many operators hold back more than the heap has",
              "store/HeldMemory.java",
              "return mine <= least ||",
              "return mine <= most ||",
              HELD + "#whoComesLastHasItsPartAndAllTogetherNoMoreThanThereIs"),
          new Fault(
              "nothing-left-to-hold",
              "An operator waits for each checkpoint because others have held back all there may be",
              "store/HeldMemory.java",
              "return mine <= least ||",
              "return",
              HELD + "#whoComesLastHasItsPartAndAllTogetherNoMoreThanThereIs"),
          new Fault(
              "held-for-ever",
              "After some restarts of its tasks every operator waits for each checkpoint",
              "store/HeldMemory.java",
              "taken.addAndGet(-held.getAndSet(0));",
              "",
              HELD),
          new Fault(
              "collected-for-ever",
              "A job that has appended much waits for each checkpoint",
              "store/Batch.java",
              "collecting.are(0);",
              "",
              HELD),
          new Fault(
              "restored-key-group-forgotten",
              "Timers never fire after a restore",
              "timer/TableTimerQueue.java",
              "head == null || head.timers().head() == null ? null : head",
              "head == null || head.timers().head() != null ? null : head",
              "timer.TimersInTheTierRandomTest"),
          new Fault(
              "highest-of-long-keys-cut",
              "A long key is taken for new though there is a value under it",
              "layout/Bounds.java",
              ": successor(Arrays.copyOf(key, SHORT));",
              ": Arrays.copyOf(key, SHORT);",
              "state.HighestKeysTest#aLongKeyIsFoundThatWasWritten"));

  private RoomFaults() {}
}
