package io.basalt.statebackend.restore;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.ParallelParts;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.transfer.ReadAhead;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.StateMigrationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries of a canonical snapshot into a database that has none of their keys: threads read
 * parts of it, each with a stream of its own, and write sorted files, which become the tables'.
 */
final class CanonicalLoad {

  private final RestoreTarget target;
  private final boolean fewFiles;
  private final SnapshotHandle snapshot;
  private final KeyGroupPrefix prefix;
  private final MetadataReader<?> metadataReader;
  private final Cancellation cancellation;

  /** What the threads wait for; closed to make them end, also where storage does not answer. */
  private final CloseableRegistry reading = new CloseableRegistry();

  /** The stream that is open already. */
  private final AtomicReference<@Nullable BufferedSnapshotInput> first = new AtomicReference<>();

  private final Closeable stopping = this::stop;
  private final FilesUnderWay underWay = new FilesUnderWay();

  /** Asked for each entry: the registry of the restore would have all threads wait for its lock. */
  private volatile boolean stopped;

  /**
   * A load of one snapshot.
   *
   * @param fewFiles see {@link Database#addition}
   */
  CanonicalLoad(
      RestoreTarget target,
      boolean fewFiles,
      SnapshotHandle snapshot,
      KeyGroupPrefix prefix,
      MetadataReader<?> metadataReader,
      Cancellation cancellation) {
    this.target = target;
    this.fewFiles = fewFiles;
    this.snapshot = snapshot;
    this.prefix = prefix;
    this.metadataReader = metadataReader;
    this.cancellation = cancellation;
  }

  /**
   * Reads all entries of the key groups.
   *
   * @throws IOException naming file, snapshot and key group if it cannot be read
   * @throws CancellationException if the restore is cancelled meanwhile
   */
  void run(KeyGroupRange range) throws IOException, InterruptedException, StateMigrationException {
    cancellation.registry().registerCloseable(stopping);
    List<LoadedTable> tables = new ArrayList<>();
    try (Batch batch = target.database().batch()) {
      boolean complete = false;
      try {
        load(range, tables, batch);
        complete = true;
      } finally {
        if (!complete) {
          batch.discard();
        }
      }
    } finally {
      cancellation.registry().unregisterCloseable(stopping);
      reading.close();
      for (LoadedTable table : tables) {
        table.close();
      }
    }
  }

  /** Opens the tables that there are, for the caller to close, and fills them. */
  private void load(KeyGroupRange range, List<LoadedTable> tables, Batch batch)
      throws IOException, InterruptedException, StateMigrationException {
    try (ReadAhead file = open()) {
      BufferedSnapshotInput input = new BufferedSnapshotInput(file);
      SnapshotMetadata metadata = metadataReader.read(input, snapshot.name());
      // The first to read entries goes on where the meta data end.
      first.set(input);
      load(metadata, range, tables, batch);
    }
  }

  private void load(
      SnapshotMetadata metadata, KeyGroupRange range, List<LoadedTable> tables, Batch batch)
      throws IOException, InterruptedException, StateMigrationException {
    for (Table table : target.tablesOf(metadata)) {
      LoadedTable loaded = new LoadedTable(target.database(), table, fewFiles, batch);
      tables.add(loaded);
      loaded.open();
    }
    fill(new CanonicalSnapshot(snapshot, prefix, metadata), range, tables);
    for (LoadedTable table : tables) {
      cancellation.check();
      table.add();
    }
  }

  private void fill(CanonicalSnapshot canonical, KeyGroupRange range, List<LoadedTable> tables)
      throws IOException, InterruptedException {
    // A thread has a file under way for each large state.
    int mostParts = Math.max(1, FilesUnderWay.MOST / Math.max(1, tables.size()));
    List<KeyGroupRange> parts = KeyGroupParts.of(range, canonical.bytesOf(range), mostParts);
    List<ParallelParts.Worker<KeyGroupRange>> workers = new ArrayList<>();
    for (int i = ParallelParts.threads(parts.size()); i > 0; i--) {
      EntryBuffers buffers = new EntryBuffers();
      workers.add(part -> fillPart(canonical, part, tables, buffers));
    }
    new ParallelParts<>(parts, this::stop).run("basalt-restore", workers);
  }

  private void fillPart(
      CanonicalSnapshot canonical,
      KeyGroupRange part,
      List<LoadedTable> tables,
      EntryBuffers buffers)
      throws IOException {
    BufferedSnapshotInput opened = first.getAndSet(null);
    if (opened != null) {
      fillPart(canonical, opened, part, tables, buffers);
      return;
    }
    try (ReadAhead file = open()) {
      fillPart(canonical, new BufferedSnapshotInput(file), part, tables, buffers);
    }
  }

  private void fillPart(
      CanonicalSnapshot canonical,
      BufferedSnapshotInput input,
      KeyGroupRange part,
      List<LoadedTable> tables,
      EntryBuffers buffers)
      throws IOException {
    try (PartLoad load = new PartLoad(tables, underWay, buffers, () -> stopped)) {
      canonical.read(input, part, load);
      load.finish();
    }
  }

  private ReadAhead open() throws IOException {
    return ReadAhead.open(snapshot.canonical(), snapshot.name(), reading);
  }

  private void stop() {
    stopped = true;
    IOUtils.closeQuietly(reading);
  }
}
