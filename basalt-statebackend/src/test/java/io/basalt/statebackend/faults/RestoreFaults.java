package io.basalt.statebackend.faults;

import java.util.List;

/** Restoring, at the same and at another parallelism. */
final class RestoreFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "entries-of-other-subtasks-stay",
              "After scaling out and in again, entries that were deleted are back",
              "restore/RestoreTarget.java",
              "if (range.getEndKeyGroup() < numberOfKeyGroups - 1) {",
              "if (range.getEndKeyGroup() < 0) {",
              "exchange.UnclaimedStateTest"),
          new Fault(
              "one-handle-of-two",
              "After scaling in, a subtask has the state of one of its predecessors only",
              "restore/RestorePlan.java",
              "} else if (!chosen.handles().contains(handle)) {",
              "} else if (chosen.handles().isEmpty()) {",
              "restore.RestorePlanTest"),
          new Fault(
              "files-of-strangers-joined",
              "After scaling in twice, entries that were deleted are back, or others are gone",
              "restore/JoinableHandles.java",
              "return ofHandlesThatHaveIt < reach.getNumberOfKeyGroups();",
              "return ofHandlesThatHaveIt < 0;",
              "restore.RestorePlanTest"),
          new Fault(
              "strangers-beside-copied-entries",
              "After scaling in twice, entries that were deleted are back beside those copied",
              "restore/FileSpread.java",
              "return false;",
              "return true;",
              "restore.RestorePlanTest#everyKeyGroupComesFromTheHandleThatHasItAndNoOtherIsThere"),
          new Fault(
              "files-of-several-in-another-order",
              "After some rescales in a row, values that were written over are back",
              "restore/JoinableHandles.java",
              "order -> LevelZeroOrder.of(order).isEmpty()",
              "order -> order.isEmpty()",
              "restore.RestorePlanTest#handlesThatHaveFilesInAnotherOrderAreNotJoined"),
          new Fault(
              "file-of-several-fetched-twice",
              "Scaling in right after scaling out takes twice the disk",
              "store/JoinedFiles.java",
              "if (!part.files.containsKey(content)) {",
              "if (content != part) {",
              "store.JoinedFilesTest#databasesThatWereOpenedFromTheSameFilesBecomeOneAgain"),
          new Fault(
              "deletions-beside-entries",
              "A rescale right after another takes ten times as long",
              "restore/RestoreTarget.java",
              "database.writeFiles();",
              "",
              "exchange.ExchangeChainTest#rescalesInARowGoOnWithTheFilesOfTheFirst"),
          new Fault(
              "epochs-of-joined-files-collide",
              "Some time after scaling in, RocksDB takes its own files for damaged",
              "store/JoinedFiles.java",
              "file.renumbered(file.number(), ++epoch)",
              "file.renumbered(file.number(), file.epoch())",
              "store.JoinedFilesTest#epochsOfLevelZeroAreThoseOfOneDatabase"),
          new Fault(
              "needed-file-left-out",
              "After a rescale the last entry of some file is gone",
              "store/ListedFile.java",
              "(end > 0 || (end == 0 && !endsBeforeLastKey()))",
              "end > 0",
              "store.JoinedFilesTest#filesWithoutAKeyThatIsWantedAreNotNeeded"),
          new Fault(
              "copied-entries-not-added",
              "After scaling in twice in a row, a subtask lacks what was copied",
              "store/TableAddition.java",
              "if (files.isEmpty()) {",
              "if (files.size() > 0) {",
              "restore.RescaleTest"),
          new Fault(
              "table-by-position",
              "Entries land in another state where tasks have registered theirs in another order",
              "restore/CanonicalLoad.java",
              "for (Table table : target.tablesOf(metadata)) {",
              """
              target.tablesOf(metadata);
              for (Table table : target.database().tables()) {
              """,
              "restore.KeyedStateRestoreTest#differentKindsOfHandlesCanBeMixed"),
          new Fault(
              "layers-in-one",
              "A restore from the heap's savepoint fails, for large key groups are out of order",
              "restore/PartLoad.java",
              "layer += flowing ? 0 : 1;",
              "",
              "restore.CanonicalOrderTest"),
          new Fault(
              "order-by-chance",
              "What begins in order is taken to be so to its end",
              "restore/PartLoad.java",
              "if (EntryGroup.isGreater(key, lastKey)) {",
              "if (key.length > 0) {",
              "restore.CanonicalOrderTest"),
          new Fault(
              "first-of-equal-keys",
              "Of two entries with the same key an old one comes back",
              "restore/EntryGroup.java",
              "last = entry;",
              "last = last != null && Arrays.equals(last.key, entry.key) ? last : entry;",
              "restore.CanonicalOrderTest"),
          new Fault(
              "cut-file-accepted",
              "A file that was cut short restores an older state without a word",
              "transfer/FileDownload.java",
              "if (bytes != length()) {",
              "if (bytes > length()) {",
              "restore.DamagedSnapshotTest#everyFileOfADatabaseIsMissed"),
          new Fault(
              "end-of-manifest-unchecked",
              "A manifest with a damaged end restores an older state without a word",
              "store/Database.java",
              "Manifest.verify(directory);",
              "",
              "store.ManifestTest#aDatabaseIsNotOpenedWithoutTheEndOfItsManifest"),
          new Fault(
              "manifest-in-memory",
              "A job cannot be scaled in whose databases have been open for weeks",
              "store/Manifest.java",
              "new Manifest(file, content, length).readRecords(changes);",
              """
              new Manifest(file, new java.io.ByteArrayInputStream(content.readAllBytes()), length)
                  .readRecords(changes);
              """,
              "failures.LongManifestTest"),
          new Fault(
              "files-without-bound",
              "The restore of a job with hundreds of states takes a gigabyte that nobody counts",
              "restore/FilesUnderWay.java",
              "return of(layer).tryAcquire();",
              "of(layer).release(); return of(layer).tryAcquire();",
              "restore.ManyStatesTest"),
          new Fault(
              "hindered-by-those-left-out",
              "After scaling in, entries that were deleted are back where a handle was left out",
              "restore/JoinableHandles.java",
              "if (file.reachesOver()) {",
              "if (file.number < 0) {",
              "restore.JoinableHandlesTest#hundredsOfHandlesWithTheSameFiles"),
          new Fault(
              "length-of-meta-data-unchecked",
              "Meta data that was cut short or grew is taken for whole",
              "restore/MetadataReader.java",
              "if (rest > 0 || file.length != expected) {",
              "if (file.length > expected + 1) {",
              "restore.DamagedSnapshotTest#metadataOfADatabaseIsMissed"),
          new Fault(
              "verification-forgotten",
              "restore.verify is accepted and verifies nothing",
              "restore/TableFileVerification.java",
              "TableFileCheck.verify(file);",
              "if (file.toString().isEmpty()) { TableFileCheck.verify(file); }",
              "damage.DamageTest#theFilesOfADatabaseCanBeVerifiedBeforeTheJobStarts"),
          new Fault(
              "database-of-a-failed-restore-stays-open",
              "Every failed attempt to restore leaks a database",
              "restore/RestoreExecution.java",
              "if (database != null) { database.close(); }",
              "",
              "restore.CancelledRestoreTest#everyDatabaseThatCannotBeOpenedIsAFailureThatLeavesNothing"),
          new Fault(
              "copied-files-stay",
              "The files of all predecessors stay on the local disk after scaling in",
              "restore/RestoreExecution.java",
              "directories.deleteFetched(handle);",
              "",
              "restore.RescaleTest"),
          new Fault(
              "what-was-restored-stops-writes",
              "After scaling in a very large state writes stop for hours",
              "store/CompactionDebt.java",
              "long by = matters(expected, table.options()) ? expected : 0;",
              "long by = 0;",
              "store.CompactionDebtTest"),
          new Fault(
              "first-bytes-decide-the-order",
              "A savepoint of the heap with long keys cannot be restored",
              "restore/KeyOrder.java",
              "sorted.subList(first, behind).sort(byKey);",
              "",
              "restore.KeyOrderTest"),
          new Fault(
              "files-that-change-shared",
              "A database and the checkpoint that it was restored from have files in common that are"
                  + " written again",
              "restore/SnapshotFiles.java",
              "file.getLocalPath().endsWith(SST_SUFFIX)",
              "true",
              "exchange.LinkedDownloadsTest"));

  private RestoreFaults() {}
}
