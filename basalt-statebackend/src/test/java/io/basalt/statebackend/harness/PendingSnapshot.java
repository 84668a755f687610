package io.basalt.statebackend.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;

/**
 * A snapshot whose synchronous part is done.
 *
 * @param contents what it must hold, whatever happens to the job until it is complete
 * @param parts the asynchronous part of every subtask
 * @param <C> how a test writes down what a snapshot must hold
 */
public record PendingSnapshot<C>(
    SnapshotKind kind,
    long id,
    C contents,
    CheckpointStorageLocation location,
    List<RunnableFuture<SnapshotResult<KeyedStateHandle>>> parts) {

  /** Runs the asynchronous parts and gives what the subtasks report to the JobManager. */
  public List<OperatorSubtaskState> run() throws Exception {
    List<OperatorSubtaskState> reports = new ArrayList<>();
    for (RunnableFuture<SnapshotResult<KeyedStateHandle>> part : parts) {
      part.run();
      KeyedStateHandle handle = part.get().getJobManagerOwnedSnapshot();
      OperatorSubtaskState.Builder report = OperatorSubtaskState.builder();
      if (handle != null) {
        report.setManagedKeyedState(handle);
      }
      reports.add(report.build());
    }
    return reports;
  }

  /** Cancels the asynchronous parts, whether they have begun or not. */
  public void cancel() {
    parts.forEach(part -> part.cancel(true));
  }
}
