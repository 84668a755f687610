package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Task;
import io.basalt.statebackend.harness.Workspace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.util.IOUtils;

/**
 * A task that restores on a thread of its own, until it is cancelled in one of Flink's two ways.
 */
final class HeldRestore {

  private final Task task;
  private final FutureTask<CheckpointableKeyedStateBackend<Integer>> restore;
  private final Thread thread;

  private HeldRestore(
      Task task, FutureTask<CheckpointableKeyedStateBackend<Integer>> restore, Thread thread) {
    this.task = task;
    this.restore = restore;
    this.thread = thread;
  }

  static HeldRestore start(Workspace workspace, Participant participant, Snapshot<?> snapshot)
      throws Exception {
    Task task =
        new Task(participant, workspace.localDirectory(participant), ModelledJob.MAX_PARALLELISM);
    FutureTask<CheckpointableKeyedStateBackend<Integer>> restore =
        new FutureTask<>(
            () ->
                task.load()
                    .createKeyedStateBackend(
                        task.parameters(
                            IntSerializer.INSTANCE,
                            KeyGroupRange.of(0, ModelledJob.MAX_PARALLELISM - 1),
                            TtlTimeProvider.DEFAULT,
                            snapshot.handles())));
    Thread thread = new Thread(restore, "restore");
    thread.start();
    return new HeldRestore(task, restore, thread);
  }

  void closeRegistry() {
    IOUtils.closeQuietly(task.closeables());
  }

  void interrupt() {
    thread.interrupt();
  }

  boolean endsBy(long deadline) throws Exception {
    thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    return !thread.isAlive();
  }

  /** Waits until the restore has ended, as a cancelled one does. */
  void awaitCancelled() throws Exception {
    assertThatThrownBy(restore::get)
        .rootCause()
        .isInstanceOfAny(CancellationException.class, InterruptedException.class);
    thread.join();
    task.assertNothingIsRegistered();
    // Asserts that the memory is given back, too.
    task.close();
  }
}
