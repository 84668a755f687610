package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.transfer.FileUploads;
import io.basalt.statebackend.transfer.Transfers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.checkpoint.SnapshotType.SharingFilesStrategy;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.DoneFuture;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProvider;
import org.apache.flink.runtime.state.SavepointResources;
import org.apache.flink.runtime.state.SavepointSnapshotStrategy;
import org.apache.flink.runtime.state.SnapshotExecutionType;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.SnapshotStrategy.SnapshotResultSupplier;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Takes the snapshots of one keyed state backend, of every kind:
 *
 * <pre>
 *   what Flink asks for      incremental   files of the snapshot
 *   CHECKPOINT               on            shared; earlier ones referred to, new ones uploaded
 *   FULL_CHECKPOINT          on            shared; all uploaded, later checkpoints may refer to them
 *   CHECKPOINT, FULL_...     off           private
 *   native savepoint         on or off     private
 *   canonical savepoint      on or off     one stream in Flink's own format
 * </pre>
 *
 * <p>The synchronous part copies the meta data, consults the {@linkplain SharedFileLedger ledger}
 * and links RocksDB's files into a directory (or, canonically, takes a view). If changes wait above
 * the database it only closes their {@linkplain io.basalt.statebackend.hot.Epoch epoch} instead;
 * they are written, and files linked, in the asynchronous part, which happens when Flink runs the
 * future, on a thread of its own. What is held, and who lets go of it:
 *
 * <pre>
 *   held                                       until
 *   closed epoch                               it is written, beside a future that has ended before
 *   lease                                      the files are linked, or the future has ended
 *   directory of links                         the future has ended; or forever, as a local copy
 *   lease and view of the database (canonical) the future has ended
 *   uploaded files                             delivered in the result, or discarded on failure
 *   entry in the ledger                        a later checkpoint has completed, or this one failed
 * </pre>
 *
 * <p>All methods are called on the task thread.
 *
 * @param <K> the type of the key
 */
public final class KeyedStateSnapshots<K> {

  private final SnapshotSources<K> sources;
  private final SnapshotSettings settings;
  private final UUID backendIdentifier;
  private final Transfers transfers;
  private final FileUploads uploads;
  private final SharedFileLedger ledger = new SharedFileLedger();
  private final LeftEpochs left;

  /**
   * @param history what the restore has found, or {@link SnapshotHistory#begin()}
   */
  public KeyedStateSnapshots(
      SnapshotSources<K> sources, SnapshotSettings settings, SnapshotHistory history) {
    this.sources = sources;
    this.settings = settings;
    this.backendIdentifier = history.backendIdentifier();
    this.left = new LeftEpochs(sources.database());
    this.transfers = new Transfers(settings.transferThreads());
    this.uploads = new FileUploads(transfers);
    Map<String, StreamStateHandle> files = history.filesToContinue();
    if (settings.incremental() && !files.isEmpty()) {
      ledger.continues(history.lastCompletedCheckpoint(), files);
    }
  }

  /**
   * Does the synchronous part of a snapshot.
   *
   * @return the asynchronous part, to be run once on any thread; may be cancelled at any moment
   * @throws IOException if the files cannot be written locally or the task has ended; nothing is
   *     left behind then
   */
  public RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot(
      long checkpointId,
      long timestamp,
      CheckpointStreamFactory destination,
      CheckpointOptions options)
      throws IOException {
    return isCanonical(options.getCheckpointType())
        ? canonicalSnapshot(checkpointId, timestamp, destination, options)
        : nativeSnapshot(checkpointId, destination, options.getCheckpointType());
  }

  /**
   * Does the synchronous part of a canonical savepoint, which Flink writes.
   *
   * @throws IOException if the database or the task has ended
   */
  public SavepointResources<K> savepoint() throws IOException {
    return new SavepointResources<>(
        CanonicalSnapshot.take(sources, settings, left), SnapshotExecutionType.ASYNCHRONOUS);
  }

  /** The checkpoint has completed everywhere: the next one may refer to its files. */
  public void notifyCheckpointComplete(long checkpointId) {
    ledger.completed(checkpointId);
  }

  /** The checkpoint has failed somewhere. */
  public void notifyCheckpointAborted(long checkpointId) {
    ledger.aborted(checkpointId);
  }

  /** Flink has dropped the checkpoint and all before it. */
  public void notifyCheckpointSubsumed(long checkpointId) {
    ledger.subsumed(checkpointId);
  }

  private RunnableFuture<SnapshotResult<KeyedStateHandle>> canonicalSnapshot(
      long checkpointId,
      long timestamp,
      CheckpointStreamFactory destination,
      CheckpointOptions options)
      throws IOException {
    CanonicalSnapshot<K> snapshot = CanonicalSnapshot.take(sources, settings, left);
    SnapshotResultSupplier<KeyedStateHandle> writer =
        new SavepointSnapshotStrategy<>(snapshot)
            .asyncSnapshot(snapshot, checkpointId, timestamp, destination, options);
    return SnapshotTask.of(
        new SnapshotWork() {
          @Override
          public SnapshotResult<KeyedStateHandle> write(CloseableRegistry streams)
              throws Exception {
            return writer.get(streams);
          }

          @Override
          public void release() {
            snapshot.release();
          }
        },
        settings.cancellation());
  }

  private RunnableFuture<SnapshotResult<KeyedStateHandle>> nativeSnapshot(
      long checkpointId, CheckpointStreamFactory destination, SnapshotType type)
      throws IOException {
    SharedFileLedger.Entry entry = enterIntoLedger(checkpointId, destination, type);
    try {
      List<StateMetaInfoSnapshot> metaInfos = sources.catalog().metaInfoSnapshots();
      if (metaInfos.isEmpty()) {
        // Once it completes, what an earlier checkpoint had uploaded is dropped nevertheless.
        if (entry != null) {
          entry.uploaded(Map.of());
        }
        return DoneFuture.of(SnapshotResult.empty());
      }
      MetaData metaData = new MetaData(sources.keySerializer(), metaInfos);
      FileDelivery delivery =
          type.isSavepoint()
              ? new StorageCopies(ledger.ownUploads(), uploads, transfers)
              : uploads::upload;
      // The files last: once they are fixed, or the epoch is closed, nothing fails before the task
      // has them to release.
      NativeSnapshot snapshot =
          new NativeSnapshot(
              backendIdentifier,
              sources.keyGroupRange(),
              checkpointId,
              fixFiles(checkpointId, type),
              metaData,
              entry,
              delivery,
              transfers,
              destination);
      return SnapshotTask.of(snapshot, settings.cancellation());
    } catch (IOException | RuntimeException | Error e) {
      if (entry != null) {
        entry.abandoned();
      }
      throw e;
    }
  }

  /** Null where every file is private to its snapshot. */
  private SharedFileLedger.@Nullable Entry enterIntoLedger(
      long checkpointId, CheckpointStreamFactory destination, SnapshotType type) {
    SharingFilesStrategy sharing =
        settings.incremental() ? type.getSharingFilesStrategy() : SharingFilesStrategy.NO_SHARING;
    return switch (sharing) {
      case FORWARD_BACKWARD ->
          ledger.takenReferring(checkpointId, destination::couldReuseStateHandle);
      case FORWARD -> ledger.takenAnew(checkpointId);
      case NO_SHARING -> null;
    };
  }

  private Fixed<LinkedFiles> fixFiles(long checkpointId, SnapshotType type) throws IOException {
    Database database = sources.database();
    if (!sources.epochs().haveChanges()) {
      return Fixed.now(link(database::linkFiles, checkpointId, type), LinkedFiles::release, null);
    }
    // Before the barrier is closed, for other threads may do none of it.
    database.partitionIfOutgrown();
    database.bufferedWrites().setAside();
    return Fixed.after(
        sources.epochs(),
        () -> link(database::linkHandedOver, checkpointId, type),
        LinkedFiles::release,
        database.lease(),
        false,
        left);
  }

  private LinkedFiles link(LinkedFiles.Link link, long checkpointId, SnapshotType type)
      throws IOException {
    LocalRecoveryConfig localRecovery = settings.localRecovery();
    LocalSnapshotDirectoryProvider localCopies =
        localRecovery.getLocalStateDirectoryProvider().orElse(null);
    return localRecovery.isLocalBackupEnabled() && localCopies != null && !type.isSavepoint()
        ? LinkedFiles.forLocalRecovery(
            link,
            sources.database().directory(),
            localCopies,
            settings.temporaryBase(),
            checkpointId)
        : LinkedFiles.temporary(link, settings.temporaryBase(), checkpointId);
  }

  private static boolean isCanonical(SnapshotType type) {
    return type instanceof SavepointType savepoint
        && savepoint.getFormatType() == SavepointFormatType.CANONICAL;
  }
}
