package io.basalt.benchmarks.subject;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.StateAssignmentOperation;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStorageAccess;
import org.apache.flink.util.IOUtils;

/**
 * A keyed operator of a running job and the bookkeeping of its snapshots. Its subtasks are opened
 * one by one, so that each can be measured. All methods are for the thread that plays the task.
 *
 * @param <K> type of the keys
 */
public final class Operator<K> implements AutoCloseable {

  private final SubjectSettings settings;
  private final Path directory;
  private final TypeSerializer<K> keySerializer;
  private final int maxParallelism;
  private final OperatorState past;
  private final List<KeyGroupRange> ranges;
  private final FsCheckpointStorageAccess storage;
  private final CheckpointLedger ledger;
  private final List<Subtask<K>> subtasks = new ArrayList<>();

  private Operator(
      SubjectSettings settings,
      Path directory,
      TypeSerializer<K> keySerializer,
      CheckpointLedger ledger,
      OperatorState past,
      int parallelism)
      throws Exception {
    this.settings = settings;
    this.directory = directory;
    this.keySerializer = keySerializer;
    this.ledger = ledger;
    this.past = past;
    this.maxParallelism = past.getMaxParallelism();
    this.ranges = StateAssignmentOperation.createKeyGroupPartitions(maxParallelism, parallelism);
    this.storage = storage(directory, ledger.job());
    storage.initializeBaseLocationsForCheckpoint();
  }

  private static FsCheckpointStorageAccess storage(Path directory, JobID job) throws Exception {
    var base = new org.apache.flink.core.fs.Path(directory.resolve("checkpoints").toUri());
    return new FsCheckpointStorageAccess(
        base,
        base,
        job,
        (int) CheckpointingOptions.FS_SMALL_FILE_THRESHOLD.defaultValue().getBytes(),
        CheckpointingOptions.FS_WRITE_BUFFER_SIZE.defaultValue());
  }

  /** Which it runs with. */
  public Backend backend() {
    return settings.backend();
  }

  /**
   * An operator without a past.
   *
   * @param directory for its checkpoints and its local files; nobody deletes them but the caller
   */
  public static <K> Operator<K> start(
      SubjectSettings settings,
      Path directory,
      TypeSerializer<K> keySerializer,
      int parallelism,
      int maxParallelism)
      throws Exception {
    return new Operator<>(
        settings,
        directory,
        keySerializer,
        new CheckpointLedger(new JobID()),
        CheckpointLedger.state(parallelism, maxParallelism),
        parallelism);
  }

  /**
   * An operator restored from a snapshot.
   *
   * @param pointer the directory of the snapshot's metadata
   * @param mode with a claim, the snapshot's shared files are the operator's: its checkpoints refer
   *     to them, and delete them when none needs them any more. Without, the first checkpoint is a
   *     full one, as Flink has it, and the snapshot stays. In the legacy mode the snapshot stays
   *     and checkpoints refer to its files all the same.
   */
  public static <K> Operator<K> restore(
      SubjectSettings settings,
      Path directory,
      TypeSerializer<K> keySerializer,
      String pointer,
      int parallelism,
      RecoveryClaimMode mode)
      throws Exception {
    CheckpointLedger ledger = new CheckpointLedger(new JobID());
    OperatorState past = ledger.restore(storage(directory, ledger.job()), pointer, mode);
    return new Operator<>(settings, directory, keySerializer, ledger, past, parallelism);
  }

  /** Opens the subtask, which is closed with the operator or before. */
  public Subtask<K> open(int index) throws Exception {
    return open(index, handles(index));
  }

  /** The same from other handles for the same state, as those of the copy for local recovery. */
  public Subtask<K> open(int index, List<KeyedStateHandle> handles) throws Exception {
    Subtask<K> subtask =
        new Subtask<>(
            settings,
            directory.resolve("subtask-" + index),
            keySerializer,
            maxParallelism,
            ranges.get(index),
            handles);
    subtasks.add(subtask);
    return subtask;
  }

  /** The subtask of an operator that has only one. */
  public Subtask<K> openOnly() throws Exception {
    if (ranges.size() != 1) {
      throw new IllegalStateException("there are " + ranges.size() + " subtasks");
    }
    return open(0);
  }

  /** What the subtask is restored from. */
  public List<KeyedStateHandle> handles(int index) {
    return StateAssignmentOperation.getManagedKeyedStateHandles(past, ranges.get(index));
  }

  /** Takes the synchronous part of a snapshot of all subtasks that are open. */
  public PendingSnapshot trigger(SnapshotKind kind) throws Exception {
    long id = ledger.nextId();
    CheckpointStorageLocation location =
        kind.isSavepoint()
            ? storage.initializeLocationForSavepoint(id, null)
            : storage.initializeLocationForCheckpoint(id);
    CheckpointOptions options =
        CheckpointOptions.alignedNoTimeout(ledger.type(kind), location.getLocationReference());
    CheckpointStreamFactory streams =
        storage.resolveCheckpointStorageLocation(id, location.getLocationReference());
    List<RunnableFuture<SnapshotResult<KeyedStateHandle>>> parts = new ArrayList<>();
    Usage before = Usage.now();
    for (Subtask<K> subtask : subtasks) {
      parts.add(subtask.snapshot(kind, id, streams, options));
    }
    return new PendingSnapshot(kind, id, location, parts, Usage.now().since(before));
  }

  /** Writes the metadata and tells the subtasks, as the JobManager does when all have reported. */
  public CompletedSnapshot complete(PendingSnapshot.Finished finished) throws Exception {
    PendingSnapshot pending = finished.pending();
    String pointer = ledger.complete(finished, maxParallelism);
    if (!pending.kind().isSavepoint()) {
      for (Subtask<K> subtask : subtasks) {
        subtask.confirm(pending.id());
      }
    }
    return new CompletedSnapshot(
        pointer, finished.results(), pending.synchronous(), finished.asynchronous());
  }

  /** A whole snapshot, with nothing going on beside it. */
  public CompletedSnapshot snapshot(SnapshotKind kind) throws Exception {
    return complete(trigger(kind).run());
  }

  @Override
  public void close() throws Exception {
    try {
      IOUtils.closeAll(subtasks);
    } finally {
      subtasks.clear();
    }
  }
}
