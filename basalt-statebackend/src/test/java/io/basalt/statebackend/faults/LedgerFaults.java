package io.basalt.statebackend.faults;

import java.util.List;

/** Which files of earlier checkpoints a checkpoint refers to. */
final class LedgerFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "refers-to-unconfirmed",
              "A checkpoint refers to files of one that fails afterwards",
              "snapshot/SharedFileLedger.java",
              "return first.phase == Phase.CONFIRMED ? first : null;",
              "return first.phase == Phase.TAKEN ? null : first;",
              "snapshot.SharedFileLedgerTest"),
          new Fault(
              "others-under-way-not-asked",
              "Of concurrent checkpoints one refers to files that another lets Flink delete",
              "snapshot/SharedFileLedger.java",
              "if (allOthersReferTo(base, name, handle) && reusable.test(handle)) {",
              "if ((allOthersReferTo(base, name, handle) || base != null) && reusable.test(handle)) {",
              "snapshot.SharedFileLedgerTest"),
          new Fault(
              "refers-to-subsumed",
              "A checkpoint refers to files of one that Flink has dropped",
              "snapshot/SharedFileLedger.java",
              "entry.checkpointId <= checkpointId",
              "entry.checkpointId < checkpointId",
              "snapshot.SharedFileLedgerTest#aSubsumedBaseIsForgotten"),
          new Fault(
              "completion-not-told",
              "Every incremental checkpoint uploads everything",
              "backend/BasaltKeyedStateBackend.java",
              "snapshots.notifyCheckpointComplete(checkpointId);",
              "",
              "flink.KeyedBackendTest#aCheckpointRefersToTheFilesOfTheOneBeforeOnceItIsToldThatThatHasCompleted"),
          new Fault(
              "not-incremental-but-shared",
              "Checkpoints refer to earlier ones though incremental checkpoints are off",
              "snapshot/KeyedStateSnapshots.java",
              """
              settings.incremental()
                  ? type.getSharingFilesStrategy()
                  : SharingFilesStrategy.NO_SHARING;
              """,
              "type.getSharingFilesStrategy();",
              "snapshot.NativeSnapshotTest#withoutIncrementalCheckpointsEveryFileIsPrivate"),
          new Fault(
              "full-checkpoint-refers",
              "The first checkpoint after a restore without a claim needs the old snapshot",
              "snapshot/KeyedStateSnapshots.java",
              "ledger.takenAnew(checkpointId);",
              "ledger.takenReferring(checkpointId, destination::couldReuseStateHandle);",
              "snapshot.NativeSnapshotTest"),
          new Fault(
              "refers-into-a-savepoint",
              "Checkpoints after a claimed native savepoint of stock cannot be restored",
              "catalog/SnapshotHistory.java",
              "if (!(file.getHandle() instanceof RelativeFileStateHandle)) {",
              "if (file.getHandle() != null) {",
              "exchange.ClaimModeTest#theCheckpointsAfterAClaimedNativeSavepointCanBeRestored"),
          new Fault(
              "same-name-other-file",
              "After a rescale a checkpoint refers to old files that have the name of new ones",
              "restore/JoinedHandles.java",
              "chosen == null ? file.getLocalPath() : chosen.get(file.getLocalPath());",
              "file.getLocalPath();",
              "exchange.ExchangeChainTest#afterARescaleFilesThatWereOpenedAreNotUploadedAgain"));

  private LedgerFaults() {}
}
