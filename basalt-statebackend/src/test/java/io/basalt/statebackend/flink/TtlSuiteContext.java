package io.basalt.statebackend.flink;

import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.ttl.StateBackendTestContext;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;

/** Takes the suite's snapshots in the kind under test; Flink's context takes checkpoints only. */
abstract class TtlSuiteContext extends StateBackendTestContext {

  private static final long CHECKPOINT_ID = 1L;

  private final TtlSnapshot snapshot;

  TtlSuiteContext(TtlTimeProvider timeProvider, TtlSnapshot snapshot) {
    super(timeProvider);
    this.snapshot = snapshot;
  }

  @Override
  public KeyedStateHandle takeSnapshot() throws Exception {
    return snapshot == TtlSnapshot.CANONICAL_SAVEPOINT ? takeSavepoint() : super.takeSnapshot();
  }

  private KeyedStateHandle takeSavepoint() throws Exception {
    CheckpointStreamFactory streams =
        createCheckpointStorage()
            .createCheckpointStorage(new JobID())
            .resolveCheckpointStorageLocation(
                CHECKPOINT_ID, CheckpointStorageLocationReference.getDefault());
    CheckpointOptions options =
        CheckpointOptions.alignedNoTimeout(
            SavepointType.savepoint(SavepointFormatType.CANONICAL),
            CheckpointStorageLocationReference.getDefault());
    // The backend's own snapshot method never writes the canonical format: an operator asks for it
    // this way.
    RunnableFuture<SnapshotResult<KeyedStateHandle>> future =
        StreamOperatorStateHandler.prepareCanonicalSavepoint(
                getKeyedStateBackend(), new CloseableRegistry())
            .snapshot(CHECKPOINT_ID, CHECKPOINT_ID, streams, options);
    future.run();
    return future.get().getJobManagerOwnedSnapshot();
  }
}
