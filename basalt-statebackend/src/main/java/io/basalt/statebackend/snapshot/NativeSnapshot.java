package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.transfer.Disposal;
import io.basalt.statebackend.transfer.FileUpload;
import io.basalt.statebackend.transfer.Transfers;
import io.basalt.statebackend.transfer.UploadedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.filemerging.FileMergingSnapshotManager;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.DirectoryStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot made of RocksDB's own files.
 *
 * <p>Once they have been linked it needs the database no more. With a ledger entry its table files
 * are shared: those the entry refers to are named by placeholders, which Flink's registry of shared
 * files resolves, and all others are uploaded for later checkpoints to refer to. Without an entry
 * every file is private to this snapshot and lies in its own directory, as a savepoint must.
 */
final class NativeSnapshot implements SnapshotWork {

  /**
   * Table files are written once and then only read or deleted; the manifest, the options and the
   * pointer to the manifest (CURRENT) go on to change under their names. (Blob files would qualify,
   * too, but stock's restore knows only these.)
   */
  private static final String TABLE_FILE_SUFFIX = ".sst";

  private final UUID backendIdentifier;
  private final KeyGroupRange keyGroupRange;
  private final long checkpointId;
  private final Fixed<LinkedFiles> fixed;
  private final MetaData metaData;
  private final SharedFileLedger.@Nullable Entry ledgerEntry;
  private final FileDelivery delivery;
  private final Transfers transfers;
  private final CheckpointStreamFactory destination;
  private boolean written;

  NativeSnapshot(
      UUID backendIdentifier,
      KeyGroupRange keyGroupRange,
      long checkpointId,
      Fixed<LinkedFiles> fixed,
      MetaData metaData,
      SharedFileLedger.@Nullable Entry ledgerEntry,
      FileDelivery delivery,
      Transfers transfers,
      CheckpointStreamFactory destination) {
    this.backendIdentifier = backendIdentifier;
    this.keyGroupRange = keyGroupRange;
    this.checkpointId = checkpointId;
    this.fixed = fixed;
    this.metaData = metaData;
    this.ledgerEntry = ledgerEntry;
    this.delivery = delivery;
    this.transfers = transfers;
    this.destination = destination;
  }

  @Override
  public SnapshotResult<KeyedStateHandle> write(CloseableRegistry streams) throws Exception {
    List<StateObject> owned = new ArrayList<>();
    try {
      LinkedFiles files = fixed.get();
      Contents contents = new Contents();
      List<FileUpload> missing = contents.referToKnownFiles(files.list());
      // Before anything slow: the storage must know of the references before it lets go of them.
      destination.reusePreviousStateHandle(contents.referred);
      SnapshotResult<StreamStateHandle> writtenMetaData =
          metaData.write(checkpointId, destination, files.localCopies(), streams);
      owned.add(writtenMetaData);
      List<UploadedFile> uploaded = delivery.deliver(missing, destination, streams);
      uploaded.forEach(file -> owned.add(file.handle()));
      contents.add(uploaded);
      long uploadedBytes = owned.stream().mapToLong(StateObject::getStateSize).sum();
      SnapshotResult<KeyedStateHandle> result =
          contents.result(files, writtenMetaData, uploadedBytes, streams);
      if (ledgerEntry != null) {
        ledgerEntry.uploaded(contents.ledger);
      }
      written = true;
      return result;
    } catch (Exception | Error e) {
      Disposal.discard(owned);
      throw e;
    }
  }

  @Override
  public void release() {
    fixed.release();
    if (!written) {
      withdrawn();
    }
  }

  @Override
  public void withdrawn() {
    if (ledgerEntry != null) {
      ledgerEntry.abandoned();
    }
  }

  /** The files of the snapshot, sorted by how they are kept. */
  private final class Contents {

    private final List<HandleAndLocalPath> shared = new ArrayList<>();
    private final List<HandleAndLocalPath> exclusive = new ArrayList<>();
    private final List<StreamStateHandle> referred = new ArrayList<>();
    private final Map<String, StreamStateHandle> ledger = new HashMap<>();

    /** Takes in what has been uploaded by an earlier checkpoint, and tells what has not. */
    private List<FileUpload> referToKnownFiles(List<Path> all) {
      Map<String, StreamStateHandle> references =
          ledgerEntry == null ? Map.of() : ledgerEntry.references();
      List<FileUpload> missing = new ArrayList<>();
      for (Path file : all) {
        String name = name(file);
        StreamStateHandle known = references.get(name);
        if (known != null) {
          shared.add(HandleAndLocalPath.of(placeholder(known), name));
          referred.add(known);
          ledger.put(name, known);
        } else {
          missing.add(new FileUpload(file, scope()));
        }
      }
      return missing;
    }

    private void add(List<UploadedFile> uploaded) {
      for (UploadedFile file : uploaded) {
        String name = name(file.file());
        HandleAndLocalPath handle = HandleAndLocalPath.of(file.handle(), name);
        if (isShared(name)) {
          shared.add(handle);
          ledger.put(name, withoutContent(file.handle()));
        } else {
          exclusive.add(handle);
        }
      }
    }

    private SnapshotResult<KeyedStateHandle> result(
        LinkedFiles files,
        SnapshotResult<StreamStateHandle> writtenMetaData,
        long uploadedBytes,
        CloseableRegistry streams)
        throws Exception {
      StreamStateHandle remoteMetaData = writtenMetaData.getJobManagerOwnedSnapshot();
      if (remoteMetaData == null) {
        throw new IllegalStateException("The checkpoint storage gave no handle for meta data.");
      }
      KeyedStateHandle remote =
          new IncrementalRemoteKeyedStateHandle(
              backendIdentifier,
              keyGroupRange,
              checkpointId,
              shared,
              exclusive,
              remoteMetaData,
              uploadedBytes);
      StreamStateHandle localMetaData = writtenMetaData.getTaskLocalSnapshot();
      if (localMetaData == null) {
        return SnapshotResult.of(remote);
      }
      // The last step, since the directory now outlives the release.
      DirectoryStateHandle localFiles = files.keep(transfers, streams);
      if (localFiles == null) {
        Disposal.discard(List.of(localMetaData));
        return SnapshotResult.of(remote);
      }
      // Copies: in a cluster of one process the JobManager replaces placeholders in the original.
      List<HandleAndLocalPath> sharedCopy =
          shared.stream()
              .map(file -> HandleAndLocalPath.of(file.getHandle(), file.getLocalPath()))
              .toList();
      KeyedStateHandle local =
          new IncrementalLocalKeyedStateHandle(
              backendIdentifier,
              checkpointId,
              localFiles,
              keyGroupRange,
              localMetaData,
              sharedCopy);
      return SnapshotResult.withLocalState(remote, local);
    }
  }

  /**
   * Where files go: all of an incremental checkpoint's to where stock puts them, also those that
   * are never shared. Only so do their handles name a path of their own, which the State Processor
   * API needs to keep a checkpoint's state in a new savepoint.
   */
  private CheckpointedStateScope scope() {
    return ledgerEntry == null ? CheckpointedStateScope.EXCLUSIVE : CheckpointedStateScope.SHARED;
  }

  private boolean isShared(String name) {
    return ledgerEntry != null && name.endsWith(TABLE_FILE_SUFFIX);
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    if (name == null) {
      throw new IllegalArgumentException("Not a file: " + file);
    }
    return name.toString();
  }

  private static StreamStateHandle placeholder(StreamStateHandle handle) {
    return new PlaceholderStreamStateHandle(
        handle.getStreamStateHandleID(),
        handle.getStateSize(),
        FileMergingSnapshotManager.isFileMergingHandle(handle));
  }

  /** The ledger must not keep the bytes of small files that travel inside their handles. */
  private static StreamStateHandle withoutContent(StreamStateHandle handle) {
    return handle instanceof ByteStreamStateHandle ? placeholder(handle) : handle;
  }
}
