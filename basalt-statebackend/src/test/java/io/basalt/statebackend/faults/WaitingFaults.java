package io.basalt.statebackend.faults;

import java.util.List;

/** Whoever waits for a checkpoint that is being written without need, or for much at once. */
final class WaitingFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "append-waits",
              "The first append after each barrier writes the whole checkpoint first",
              "store/ColumnFamilyTable.java",
              "if (appending || gate.isClosed()) {",
              "if (appending) {",
              "state.AppendsBesideCheckpointsTest"),
          new Fault(
              "list-read-waits",
              "A list is read before it is appended to, and the whole checkpoint written for that",
              "state/HotLists.java",
              "return reading.isThere() && !table.holdsWrites() ?",
              "return reading.isThere() ?",
              "state.AppendsBesideCheckpointsTest"),
          new Fault(
              "clear-waits",
              "To clear a map of which nothing is known the whole checkpoint is written first",
              "state/HotEntries.java",
              "&& !hot.waitsForEpoch()",
              "",
              "state.ClearsBesideCheckpointsTest"),
          new Fault(
              "clear-of-numbers-waits",
              "To clear a map of numbers that is not known the whole checkpoint is written first",
              "state/SmallMaps.java",
              "!hot.waitsForEpoch() || !removesEach(place, rangeDeleteEntries)",
              "true",
              "state.ClearsBesideCheckpointsTest#theyDoNotWaitForIt"),
          new Fault(
              "old-notes-answer",
              "A map has the keys it had before maps were not walked over for a while",
              "state/HotMapKeys.java",
              "used = false;\n      generation = new Object();",
              "used = false;",
              "state.HotMapKeysTest"),
          new Fault(
              "held-without-end",
              "Twenty states hold back hundreds of megabytes while a checkpoint is written",
              "store/Batch.java",
              "&& gate.hasRoom(held.bytes() + bytes - toldBytes)",
              "",
              "store.HeldWritesTest#soDoThoseOfAllTablesTogether"),
          new Fault(
              "aborted-half-written",
              "The task has to write what a checkpoint that was aborted has left",
              "hot/Epoch.java",
              "if (hasBegun) {",
              "if (hasBegun && !hasBegun) {",
              "hot.InterruptedEpochTest"),
          new Fault(
              "overwritten-counts-for-ever",
              "Random updates without reads are kept in the tier, at twice the work",
              "hot/FoundEntries.java",
              "if ((counting == ANY_EPOCH || entry.epoch == counting) && entry.visit()) {",
              "if (entry.visit()) {",
              "hot.HotTierTest#whatIsOverwrittenOnceForEachCheckpointSavesNothing"),
          new Fault(
              "large-base-copied",
              "A rescale copies a terabyte for the sake of two gigabytes beside it",
              "restore/ChosenFiles.java",
              "&& !isWorthMore",
              "",
              "restore.LargeCopiesTest"),
          new Fault(
              "caught-up-while-closing",
              "A task that ends waits until writes are through that nobody needs any more",
              "store/BufferedWrites.java",
              "while (some && !database.isClosing()) {",
              "while (some) {",
              "store.BufferedWritesTest#noMoreThanABatchIsWrittenOnceTheDatabaseIsBeingClosed"),
          new Fault(
              "cleared-before-it-can-go",
              "Who removes many keys beside a checkpoint writes it himself for want of room",
              "hot/EvictionOrder.java",
              "if (left != null && (left.epoch <= lastToGo || !left.isAbsent())) {",
              "if (left != null) {",
              "hot.EvictionOrderTest#beforeAnEpochIsWrittenWhatWasWrittenEarlierGoesThoughMuchHasBeenClearedSince"),
          new Fault(
              "hashes-of-joined-numbers",
              "A tier whose keys are two numbers in one long takes a thousand looks to find one",
              "hot/FoundEntries.java",
              "int hash = ofKey(key) * 31",
              "int hash = key.hashCode() * 31",
              "hot.HotTierTest#keysThatHashAlikeAreSpreadAllTheSame"));

  private WaitingFaults() {}
}
