package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.transfer.BytesDownload;
import io.basalt.statebackend.transfer.FileDownload;
import io.basalt.statebackend.transfer.PathDownloads;
import io.basalt.statebackend.transfer.ReadAhead;
import io.basalt.statebackend.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.util.StateMigrationException;
import org.jspecify.annotations.Nullable;

/**
 * Does the steps of one restore, and holds what they have made until it is handed over ({@link
 * #result}) or thrown away ({@link #abandon}). One thread.
 */
final class RestoreExecution<K> implements RestoreActions {

  private final RestoreRequest<K> request;
  private final List<SnapshotHandle> snapshots;
  private final KeyGroupPrefix prefix;
  private final Cancellation cancellation;
  private final MetadataReader<K> metadataReader;
  private final Transfers transfers;
  private final RestoreDirectories directories;
  private final Map<Integer, SnapshotMetadata> metadata = new HashMap<>();
  private @Nullable Database database;
  private @Nullable RestoreTarget target;
  private SnapshotHistory history = SnapshotHistory.begin();
  private @Nullable Duration downloadTime;

  RestoreExecution(
      RestoreRequest<K> request, List<SnapshotHandle> snapshots, Cancellation cancellation) {
    this.request = request;
    this.snapshots = snapshots;
    this.cancellation = cancellation;
    this.prefix = KeyGroupPrefix.forKeyGroups(request.numberOfKeyGroups());
    this.metadataReader = new MetadataReader<>(request.keySerializer(), request.userClassLoader());
    this.transfers = request.transfers();
    this.directories = new RestoreDirectories(request.instanceDirectory(), snapshots.size());
  }

  /** Does all steps, in order. */
  void perform(RestorePlan plan) throws Exception {
    directories.create();
    for (RestoreStep step : plan.steps()) {
      cancellation.check();
      step.perform(this);
    }
    cancellation.check();
  }

  /** What has been restored; the caller's from here on. */
  RestoredState result() {
    RestoreTarget restored = target();
    return new RestoredState(restored.database(), restored.catalog(), history);
  }

  /** How long the downloads took, or null if there were none. */
  @Nullable Duration downloadTime() {
    return downloadTime;
  }

  /** Closes and deletes everything, so that another attempt can be made. */
  void abandon() throws IOException {
    if (database != null) {
      database.close();
    }
    directories.deleteAll();
  }

  @Override
  public void download(List<Integer> handles) throws Exception {
    // The heads first: a key serializer that does not fit is found before gigabytes are moved.
    for (int handle : handles) {
      readMetadata(handle);
    }
    List<FileDownload> downloads = new ArrayList<>();
    for (int handle : handles) {
      Path directory = directories.createFetched(handle);
      downloads.addAll(SnapshotFiles.downloads(snapshots.get(handle), directory));
    }
    long start = System.nanoTime();
    transfers.run(PathDownloads.grouped(downloads), cancellation.registry());
    downloadTime = Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void link(int handle) throws Exception {
    readMetadata(handle);
    Path directory = directories.createFetched(handle);
    transfers.run(SnapshotFiles.links(snapshots.get(handle), directory), cancellation.registry());
  }

  @Override
  public void createDatabase() throws IOException {
    adopt(Database.create(directories.database(), request.specification()), List.of());
  }

  @Override
  public void openDatabase(int handle) throws Exception {
    directories.adopt(handle);
    SnapshotMetadata head = metadataOf(handle);
    adopt(open(handle, directories.database()), head.states());
  }

  @Override
  public void deleteOutside(KeyGroupRange range) {
    target().deleteOutside(range, request.numberOfKeyGroups(), prefix);
  }

  @Override
  public void copyEntries(int handle, KeyGroupRange range) throws Exception {
    SnapshotMetadata head = metadataOf(handle);
    List<Table> tables = target().tablesOf(head);
    try (Database source = open(handle, directories.fetched(handle));
        Batch batch = target().database().batch()) {
      for (Table table : tables) {
        Table from = source.find(table.name());
        if (from == null) {
          throw new IllegalStateException(
              "There is no state '" + table.name() + "' in " + snapshots.get(handle).name());
        }
        copy(from, table, batch, prefix.bounds(range));
      }
    }
    directories.deleteFetched(handle);
  }

  @Override
  public void readCanonical(int handle, KeyGroupRange range)
      throws IOException, StateMigrationException {
    SnapshotHandle snapshot = snapshots.get(handle);
    try (ReadAhead file =
            ReadAhead.open(snapshot.canonical(), snapshot.name(), cancellation.registry());
        Batch batch = target().database().batch()) {
      CanonicalSnapshot canonical =
          new CanonicalSnapshot(snapshot, prefix, new BufferedSnapshotInput(file), metadataReader);
      List<Table> tables = target().tablesOf(canonical.metadata());
      canonical.read(
          range,
          (state, key, value) -> {
            cancellation.check();
            batch.put(tables.get(state), key, value);
          });
    }
  }

  @Override
  public void continueHistory(int handle) {
    history = SnapshotHistory.of(snapshots.get(handle).files());
  }

  @Override
  public void branchHistory(int handle) {
    history = SnapshotHistory.branchOf(snapshots.get(handle).files());
  }

  private void copy(Table from, Table to, Batch batch, Bounds bounds) {
    try (Cursor cursor = from.cursor(bounds.lowerInclusive(), bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        cancellation.check();
        batch.put(to, cursor.key(), cursor.value());
      }
    }
  }

  private void adopt(Database opened, List<StateMetaInfoSnapshot> states) {
    // Held before anything can fail, so that it is closed.
    database = opened;
    target = new RestoreTarget(opened, states);
  }

  private Database open(int handle, Path directory) throws Exception {
    if (request.verify()) {
      new TableFileVerification(snapshots.get(handle), transfers, cancellation)
          .verifyAll(directory);
    }
    Map<String, AccessPattern> tables = metadataOf(handle).tables();
    try {
      return Database.openFiles(directory, request.specification(), tables);
    } catch (IOException e) {
      throw new IOException(
          "Could not open the files of "
              + snapshots.get(handle).name()
              + " as a database with the states "
              + tables.keySet()
              + " of its meta data. If its files are damaged, restore from another checkpoint or"
              + " savepoint. "
              + e.getMessage(),
          e);
    }
  }

  private void readMetadata(int handle) throws Exception {
    SnapshotHandle snapshot = snapshots.get(handle);
    StreamStateHandle file = snapshot.files().getMetaDataStateHandle();
    byte[] bytes =
        transfers
            .run(List.of(new BytesDownload(file, snapshot.name())), cancellation.registry())
            .get(0);
    metadata.put(handle, metadataReader.read(bytes, file.getStateSize(), snapshot.name()));
  }

  private SnapshotMetadata metadataOf(int handle) {
    SnapshotMetadata found = metadata.get(handle);
    if (found == null) {
      throw new IllegalStateException("The files of handle " + handle + " are not fetched.");
    }
    return found;
  }

  private RestoreTarget target() {
    if (target == null) {
      throw new IllegalStateException("There is no database yet.");
    }
    return target;
  }
}
