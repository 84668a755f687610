package io.basalt.statebackend.restore;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.flink.runtime.metrics.MetricNames;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.util.StateMigrationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back the keyed state of a task: looks at the handles, plans, logs the plan, carries it
 * out.
 *
 * <p>Runs in the calling thread, which may be interrupted, and downloads in threads of its own that
 * end with it. On any failure and on cancel nothing is left: no native object, no thread, no file.
 */
public final class KeyedStateRestore {

  private static final Logger LOG = LoggerFactory.getLogger(KeyedStateRestore.class);

  private KeyedStateRestore() {}

  /**
   * Restores.
   *
   * @throws StateMigrationException if the job's key serializer cannot read the snapshots' keys
   * @throws CancellationException if the task was cancelled meanwhile
   * @throws IOException naming the file and the snapshot, if something is missing, damaged or
   *     cannot be read
   * @throws IllegalStateException if a handle is of an unknown kind or handles contradict each
   *     other
   */
  public static <K> RestoredState restore(RestoreRequest<K> request) throws Exception {
    List<SnapshotHandle> snapshots = new ArrayList<>();
    for (KeyedStateHandle handle : request.handles()) {
      // A task that had no state when the snapshot was taken may have left null.
      if (handle != null) {
        snapshots.add(SnapshotHandle.of(snapshots.size(), handle));
      }
    }
    return perform(request, snapshots);
  }

  private static <K> RestoredState perform(
      RestoreRequest<K> request, List<SnapshotHandle> snapshots) throws Exception {
    Cancellation cancellation = new Cancellation(request.cancellation());
    RestoreExecution<K> execution = new RestoreExecution<>(request, snapshots, cancellation);
    long start = System.nanoTime();
    try {
      RestorePlan plan = execution.plan();
      if (!snapshots.isEmpty()) {
        LOG.info(
            "Restoring key groups {} from {} into {}: {}",
            request.range().prettyPrintInterval(),
            snapshots.stream().map(SnapshotHandle::name).toList(),
            request.instanceDirectory(),
            plan.steps());
      }
      execution.perform(plan);
      if (!snapshots.isEmpty()) {
        report(request, execution, Duration.ofNanos(System.nanoTime() - start));
      }
    } catch (Exception | Error e) {
      abandon(execution, e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      // Whatever a cancel made fail on its way is not worth a report of its own.
      if (cancellation.isRequested() && !(e instanceof CancellationException)) {
        throw Cancellation.exception(e);
      }
      throw e;
    }
    return execution.result();
  }

  private static void abandon(RestoreExecution<?> execution, Throwable failure) {
    try {
      execution.abandon();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private static void report(
      RestoreRequest<?> request, RestoreExecution<?> execution, Duration total) {
    Duration download = execution.downloadTime();
    if (download != null) {
      request.metrics().addMetric(MetricNames.DOWNLOAD_STATE_DURATION, download.toMillis());
      total = total.minus(download);
    }
    request.metrics().addMetric(MetricNames.RESTORE_STATE_DURATION, total.toMillis());
  }
}
