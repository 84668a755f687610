package io.basalt.statebackend.faults;

import java.util.List;

/** Work that one operation would do of what many can, or the task of what others can. */
final class StallFaults {

  private static final String GIVING_WAY = "hot.GivingWayTest";
  private static final String LARGE = "hot.LargeValueTest";
  private static final String LONG_LISTS = "state.LongListsBesideCheckpointsTest";
  private static final String CANCELLED = "state.CancelledEpochsTest";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "all-at-a-barrier",
              "A barrier takes seconds because another operator needs its share",
              "hot/Room.java",
              "evict(share.held() - excess, steps * share.stepBytes());",
              "evict(share.held() - excess, Integer.MAX_VALUE);",
              GIVING_WAY + "#oneBarrierTakesABoundedPartOfItAndManyTakeAll"),
          new Fault(
              "all-written-at-a-barrier",
              "A barrier writes tens of thousands of changes because another operator needs room",
              "hot/Room.java",
              "&& tier.version() < lastVersion",
              "",
              GIVING_WAY + "#oneBarrierTakesABoundedPartOfItAndManyTakeAll"),
          new Fault(
              "readers-keep-all",
              "Who only reads keeps for hours what another operator needs",
              "hot/Room.java",
              "if (isGivingWay && !isLacking) {",
              "if (isGivingWay && isLacking) {",
              GIVING_WAY + "#readsGoOnWithItBitByBit"),
          new Fault(
              "all-for-one-value",
              "To put one large value takes as long as to write all that is in the tier",
              "hot/Lateness.java",
              "Math.max(bytes - atOnce, came)",
              "Math.min(0, came)",
              LARGE),
          new Fault(
              "late-without-end",
              "Large values one after the other fill the heap",
              "hot/Lateness.java",
              "Math.max(bytes - atOnce, came)",
              "bytes + came",
              LARGE + "#thereIsNeverMoreThanOneOfThemTooMuch"),
          new Fault(
              "large-read-kept",
              "Each read of a large value takes the place of thousands of others",
              "hot/Room.java",
              "return !isLacking && bytes <= Math.max(LEAST_LARGE, share.size() / LARGE_PART);",
              "return !isLacking;",
              LARGE + "#itIsNotKeptBecauseItIsRead"),
          new Fault(
              "long-list-waits",
              "An append to a list of more than 4 KB writes the whole checkpoint first",
              "state/HotLists.java",
              "&& hot.waitsForEpoch();",
              "&& !hot.waitsForEpoch();",
              LONG_LISTS + "#theyDoNotWaitForIt"),
          new Fault(
              "long-list-without-end",
              "While checkpoints are written lists of megabytes are kept, and written each time",
              "state/HotLists.java",
              "return length < mostWaitingBytes &&",
              "return",
              LONG_LISTS + "#thoseThatGrowLongerDo"),
          new Fault(
              "cancelled-and-left",
              "After a cancelled checkpoint the task writes what that should have",
              "snapshot/Fixed.java",
              "unfinished != null && !isBeingWritten) {",
              "unfinished != null && isBeingWritten) {",
              CANCELLED + "#theyAreWrittenBesideTheTask"),
          new Fault(
              "interrupted-and-left",
              "After a checkpoint that was interrupted at once the task writes its changes",
              "snapshot/Fixed.java",
              "unfinished.leave(closed);\n      throw e;",
              "throw e;",
              CANCELLED + "#soAreThoseWhoseThreadWasInterruptedBeforeItBegan"));

  private StallFaults() {}
}
