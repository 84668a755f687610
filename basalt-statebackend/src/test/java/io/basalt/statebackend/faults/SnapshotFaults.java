package io.basalt.statebackend.faults;

import java.util.List;

/** Taking snapshots, canonical and native. */
final class SnapshotFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "states-skipped-in-later-key-groups",
              "A canonical savepoint loses entries of the first states",
              "snapshot/KeyGroupMerge.java",
              "state = 0;",
              "state = states.size() - 1;",
              "snapshot.CanonicalSnapshotTest#flinkReadsEveryEntryOfEveryState"),
          new Fault(
              "last-chunk-not-handed-over",
              "A canonical savepoint loses the entries that were read last",
              "snapshot/EntryReader.java",
              "if (filling.entries() > 0) {",
              "if (more) {",
              "snapshot.CanonicalSnapshotTest#flinkReadsEveryEntryOfEveryState"),
          new Fault(
              "failure-of-the-reading-thread",
              "A canonical savepoint that cannot be read to the end succeeds, with what it has",
              "snapshot/ReadEntries.java",
              "reader.rethrowFailure();",
              "try { reader.rethrowFailure(); } catch (IOException | RuntimeException e) { return END; }",
              "snapshot.SnapshotFailureTest#whatFailsAtAnyEntryFailsTheSavepointAsItIs"),
          new Fault(
              "state-of-the-entry-before",
              "A canonical savepoint has entries under the state before theirs",
              "snapshot/ReadEntries.java",
              "newState = newKeyGroup || kvStateId() != previousState;",
              "newState = newKeyGroup;",
              "snapshot.CanonicalSnapshotTest#flinkReadsEveryEntryOfEveryState"),
          new Fault(
              "second-reader-in-the-first-ones-place",
              "A large canonical savepoint has entries twice, or not at all",
              "snapshot/TableState.java",
              "} else if (keyGroup != ended + 1) {",
              "} else if (ended == NONE) {",
              "snapshot.TwoReadersTest#everyEntryIsGivenOnceAndInOrderByTwoThreads"),
          new Fault(
              "end-of-a-part-overrun",
              "A large canonical savepoint has entries of large key groups twice",
              "snapshot/TableState.java",
              "if (endKey != null && !chunk.keyIsBefore(endKey)) {",
              "if (false) {",
              "snapshot.TwoReadersTest#keyGroupsLargerThanWhatAReaderMayBeAheadAreReadByTwoThreads"),
          new Fault(
              "begin-of-a-part-forgotten",
              "A large canonical savepoint has entries of large key groups twice",
              "snapshot/TableState.java",
              "if (first != null) {",
              "if (false) {",
              "snapshot.TwoReadersTest#keyGroupsLargerThanWhatAReaderMayBeAheadAreReadByTwoThreads"),
          new Fault(
              "states-before-a-cut-read-again",
              "A large canonical savepoint has entries of the states before a cut twice",
              "snapshot/ReadPart.java",
              "return from == null ? 0 : from.state;",
              "return 0;",
              "snapshot.TwoReadersTest#keyGroupsLargerThanWhatAReaderMayBeAheadAreReadByTwoThreads"),
          new Fault(
              "block-not-written-at-the-end",
              "A canonical savepoint loses the last entries of each key group",
              "snapshot/WrittenInBlocks.java",
              "public void close() throws IOException {\n      writeBlock();",
              "public void close() throws IOException {",
              "snapshot.CanonicalSnapshotTest#flinkReadsEveryEntryOfEveryState"),
          new Fault(
              "blocks-taken-for-compression",
              "A canonical savepoint says that it is compressed, and cannot be restored",
              "snapshot/CanonicalSnapshot.java",
              "this.compression = settings.compression();",
              "this.compression = new WrittenInBlocks();",
              "snapshot.CanonicalSnapshotTest#flinkReadsEveryEntryOfEveryState"),
          new Fault(
              "timers-read-by-two",
              "Two threads write the timers of a savepoint with one serializer",
              "snapshot/QueueState.java",
              "areOfATable() { return false;",
              "areOfATable() { return true;",
              "snapshot.TwoReadersTest#whatASerializerTakesPartInIsReadByOneThread"),
          new Fault(
              "large-key-cut-off",
              "A canonical savepoint loses keys that do not fit the arrays of many",
              "snapshot/EntryChunk.java",
              "ownKey = nextOwnKey;",
              "",
              "snapshot.CanonicalSnapshotTest#entriesOfAnySizeAreWritten"),
          new Fault(
              "copy-that-throws",
              "A file system that throws where it should copy fails every native savepoint",
              "snapshot/StorageCopies.java",
              """
              } catch (IOException | RuntimeException e) {
                LOG.warn(
              """,
              """
              } catch (IOException e) {
                LOG.warn(
              """,
              "exchange.CopyingStorageTest#whatWasNotCopiedIsUploaded"),
          new Fault(
              "savepoint-fills-the-cache",
              "A canonical savepoint drives out of the block cache what the task reads",
              "store/CursorOptions.java",
              "options.setFillCache(false);",
              "",
              "snapshot.CanonicalSnapshotTest#theBlockCacheKeepsWhatTheTaskReads"),
          new Fault(
              "expired-in-the-savepoint",
              "cleanupFullSnapshot() has no effect",
              "snapshot/TableState.java",
              "transformers.createForSerializedState().orElse(null);",
              "null;",
              "snapshot.CanonicalSnapshotTest#expiredValuesAreLeftOutAndOthersMayBeRewritten"),
          new Fault(
              "unclaimed-not-in-the-savepoint",
              "A savepoint loses the states that the job has not used since its restore",
              "snapshot/CanonicalSnapshot.java",
              "for (RegisteredState state : sources.catalog().all()) {",
              """
              for (RegisteredState state : sources.catalog().all()) {
                if (!state.isClaimed()) {
                  continue;
                }
              """,
              "exchange.UnclaimedStateTest#comesBack"),
          new Fault(
              "described-too-late",
              "A state that is registered while a checkpoint is uploaded makes it unreadable",
              "catalog/Catalog.java",
              """
              List<StateMetaInfoSnapshot> snapshots = new ArrayList<>(states.size());
              for (RegisteredState state : states.values()) {
                snapshots.add(state.metaInfo().snapshot());
              }
              return snapshots;
              """,
              """
              return new java.util.AbstractList<>() {
                @Override
                public StateMetaInfoSnapshot get(int index) {
                  return new ArrayList<>(states.values()).get(index).metaInfo().snapshot();
                }

                @Override
                public int size() {
                  return states.size();
                }
              };
              """,
              "snapshot.NativeSnapshotTest#aStateThatIsRegisteredAfterTheSynchronousPartIsNotInTheMetaData"),
          new Fault(
              "manifest-of-before",
              "A checkpoint refers to the manifest of an earlier one and restores a mixture",
              "snapshot/NativeSnapshot.java",
              "TABLE_FILE_SUFFIX = \".sst\";",
              "TABLE_FILE_SUFFIX = \"\";",
              "snapshot.NativeSnapshotTest"),
          new Fault(
              "snapshot-directory-stays",
              "Every checkpoint leaves its links behind until the disk is full",
              "snapshot/NativeSnapshot.java",
              "fixed.release();",
              "",
              "snapshot.NativeSnapshotTest"),
          new Fault(
              "files-of-a-failed-checkpoint-stay",
              "A checkpoint that fails half way leaves the files it has uploaded",
              "transfer/TransferRun.java",
              "discards.forEach(Runnable::run);",
              "",
              "transfer.FileUploadsTest"),
          new Fault(
              "late-upload-stays",
              "An upload that ends after its checkpoint was given up leaves its file in storage",
              "transfer/TransferRun.java",
              "if (result != null) {\n        // Storage",
              "if (false) {\n        // Storage",
              "failures.HangingStorageTest#theWriteOfEveryFile"),
          new Fault(
              "cancelled-result-stays",
              "A checkpoint that is cancelled in its last moment stays in checkpoint storage",
              "snapshot/SnapshotTask.java",
              "if (isCancelled()) {",
              "if (!isDone()) {",
              "snapshot.SnapshotCancellationTest#aResultThatLostTheRaceAgainstTheCancellationIsDiscarded"),
          new Fault(
              "runs-on-after-the-task",
              "A task that ends does not stop its snapshot",
              "snapshot/SnapshotTask.java",
              "cancellation.registerCloseable(task.cancelOnClose);",
              """
              if (cancellation.isClosed()) {
                throw new IOException("The task has ended.");
              }
              """,
              "snapshot.SnapshotCancellationTest#cancelledByTheEndOfTheTaskBeforeItRuns"));

  private SnapshotFaults() {}
}
