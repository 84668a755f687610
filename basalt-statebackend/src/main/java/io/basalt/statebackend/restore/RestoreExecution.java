package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.AccessPatterns;
import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.restore.HandleDescription.Kind;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.FileList;
import io.basalt.statebackend.store.JoinedFiles;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.transfer.BytesDownload;
import io.basalt.statebackend.transfer.FileDownload;
import io.basalt.statebackend.transfer.FileLink;
import io.basalt.statebackend.transfer.PathDownloads;
import io.basalt.statebackend.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.runtime.state.KeyGroupRange;
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
  private final Map<Integer, JoinedHandles> fetched = new HashMap<>();
  private final FileLists fileLists;
  private @Nullable Database database;
  private @Nullable RestoreTarget target;
  private SnapshotHistory history = SnapshotHistory.begin();
  private @Nullable Duration downloadTime;

  /** Whether something is deleted where entries are to come. */
  private boolean hasDeletedOurs;

  RestoreExecution(
      RestoreRequest<K> request, List<SnapshotHandle> snapshots, Cancellation cancellation) {
    this.request = request;
    this.snapshots = snapshots;
    this.cancellation = cancellation;
    this.prefix = KeyGroupPrefix.forKeyGroups(request.numberOfKeyGroups());
    this.metadataReader = new MetadataReader<>(request.keySerializer(), request.userClassLoader());
    this.transfers = request.transfers();
    this.fileLists = new FileLists(prefix);
    this.directories = new RestoreDirectories(request.instanceDirectory(), snapshots.size());
  }

  /** Looks at what there is and plans. Nothing is on the local disk yet. */
  RestorePlan plan() throws Exception {
    List<SnapshotHandle> files =
        snapshots.stream()
            .filter(snapshot -> snapshot.description().kind() != Kind.CANONICAL)
            .filter(snapshot -> snapshot.description().overlaps(request.range()))
            .toList();
    // The heads first: a key serializer that does not fit is found before gigabytes are moved.
    readMetadata(files);
    if (files.size() > 1
        || files.stream().anyMatch(file -> !file.description().isInside(request.range()))) {
      fileLists.read(files, transfers, cancellation);
    }
    return RestorePlan.of(
        snapshots.stream().map(fileLists::describe).toList(), request.range(), request.rescale());
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
    List<FileDownload> downloads = new ArrayList<>();
    for (int handle : handles) {
      SnapshotHandle snapshot = snapshots.get(handle);
      Path directory = directories.createFetched(handle);
      downloads.addAll(SnapshotFiles.downloads(snapshot, directory));
      fetchedAt(handle).addWhole(snapshot, metadataOf(handle));
    }
    download(downloads, List.of());
  }

  @Override
  public void link(int handle) throws Exception {
    SnapshotHandle snapshot = snapshots.get(handle);
    Path directory = directories.createFetched(handle);
    fetchedAt(handle).addWhole(snapshot, metadataOf(handle));
    link(SnapshotFiles.links(snapshot, directory));
  }

  @Override
  public void joinFiles(List<Integer> handles, KeyGroupRange range) throws Exception {
    int first = handles.get(0);
    Path directory = directories.createFetched(first);
    JoinedFiles files = new JoinedFiles(fileListOf(first));
    List<FileDownload> downloads = new ArrayList<>();
    List<FileLink> links = new ArrayList<>();
    for (int handle : handles) {
      SnapshotHandle snapshot = snapshots.get(handle);
      Bounds part = prefix.bounds(snapshot.description().within(range));
      Map<String, String> names =
          files.add(
              fileListOf(handle),
              part.lowerInclusive(),
              part.upperExclusive(),
              FileLists.contents(snapshot));
      if (snapshot.description().kind() == Kind.REMOTE_FILES) {
        downloads.addAll(SnapshotFiles.downloads(snapshot, directory, names));
      } else {
        links.addAll(SnapshotFiles.links(snapshot, directory, names));
      }
      fetchedAt(first).add(snapshot, metadataOf(handle), names);
    }
    download(downloads, links);
    files.write(directory);
  }

  private void link(List<FileLink> links) throws Exception {
    transfers.run(FileLink.makeQuickOnes(links, cancellation.registry()), cancellation.registry());
  }

  private void download(List<FileDownload> downloads, List<FileLink> links) throws Exception {
    link(links);
    if (downloads.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    transfers.run(PathDownloads.grouped(downloads), cancellation.registry());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    downloadTime = downloadTime == null ? took : downloadTime.plus(took);
  }

  @Override
  public void createDatabase() throws IOException {
    adopt(Database.create(directories.database(), request.specification()), List.of());
  }

  @Override
  public void openDatabase(int handle) throws Exception {
    directories.adopt(handle);
    List<StateMetaInfoSnapshot> states = fetchedAt(handle).states();
    adopt(open(handle, directories.database()), states);
  }

  @Override
  public void deleteOutside(KeyGroupRange range) throws IOException {
    hasDeletedOurs = !range.equals(request.range());
    target()
        .deleteOutside(
            range, request.numberOfKeyGroups(), prefix, request.rescale().mergeDeleted());
  }

  @Override
  public void copyEntries(int handle, KeyGroupRange range) throws Exception {
    List<Table> tables = target().tablesOf(metadataOf(handle));
    try (Database source = open(handle, directories.fetched(handle))) {
      Map<Table, Table> copied = new LinkedHashMap<>();
      for (Table table : tables) {
        Table from = source.find(table.name());
        if (from == null) {
          throw new IllegalStateException(
              "There is no state '" + table.name() + "' in " + snapshots.get(handle).name());
        }
        copied.put(from, table);
      }
      new SortedCopy(target().database(), hasDeletedOurs, prefix, cancellation).run(copied, range);
    }
    directories.deleteFetched(handle);
  }

  @Override
  public void readCanonical(int handle, KeyGroupRange range)
      throws IOException, InterruptedException, StateMigrationException {
    new CanonicalLoad(
            target(), hasDeletedOurs, snapshots.get(handle), prefix, metadataReader, cancellation)
        .run(range);
  }

  @Override
  public void continueHistory(int handle) {
    history = SnapshotHistory.of(snapshots.get(handle).files());
  }

  @Override
  public void branchHistory(List<Integer> handles) {
    JoinedHandles joined =
        fetched.values().stream().filter(f -> f.has(handles)).findFirst().orElseThrow();
    history = SnapshotHistory.branchOf(joined.checkpoint(), joined.sharedFiles(handles));
  }

  private void adopt(Database opened, List<StateMetaInfoSnapshot> states) {
    // Held before anything can fail, so that it is closed.
    database = opened;
    target = new RestoreTarget(opened, states);
  }

  private Database open(int handle, Path directory) throws Exception {
    JoinedHandles files = fetchedAt(handle);
    if (request.verify()) {
      files.verify(
          directory, snapshot -> new TableFileVerification(snapshot, transfers, cancellation));
    }
    Map<String, AccessPattern> tables = new LinkedHashMap<>();
    files.states().forEach(state -> tables.put(state.getName(), AccessPatterns.of(state)));
    try {
      return Database.openFiles(
          directory,
          files.isWhole()
              ? request.specification()
              : request.specification().postponingCompactions(),
          tables);
    } catch (IOException e) {
      throw new IOException(
          "Could not open the files of "
              + files.description()
              + " as a database with the states "
              + tables.keySet()
              + " of its meta data. If its files are damaged, restore from another checkpoint or"
              + " savepoint. "
              + e.getMessage(),
          e);
    }
  }

  private void readMetadata(List<SnapshotHandle> files) throws Exception {
    List<BytesDownload> downloads =
        files.stream()
            .map(file -> new BytesDownload(file.files().getMetaDataStateHandle(), file.name()))
            .toList();
    // What has been read is given up, head by head.
    Queue<byte[]> heads = new ArrayDeque<>(transfers.run(downloads, cancellation.registry()));
    for (SnapshotHandle snapshot : files) {
      long length = snapshot.files().getMetaDataStateHandle().getStateSize();
      metadata.put(
          snapshot.description().index(),
          metadataReader.read(heads.remove(), length, snapshot.name()));
    }
  }

  /** What is in the directory that is called after the handle. */
  private JoinedHandles fetchedAt(int handle) {
    return fetched.computeIfAbsent(handle, unused -> new JoinedHandles());
  }

  private FileList fileListOf(int handle) {
    FileList list = fileLists.of(handle);
    if (list == null) {
      throw new IllegalStateException("The manifest of handle " + handle + " is not read.");
    }
    return list;
  }

  private SnapshotMetadata metadataOf(int handle) {
    SnapshotMetadata found = metadata.get(handle);
    if (found == null) {
      throw new IllegalStateException("The meta data of handle " + handle + " is not read.");
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
