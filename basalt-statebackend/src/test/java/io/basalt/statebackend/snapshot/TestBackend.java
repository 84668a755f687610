package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.hot.Epochs;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RunnableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;

/** A database with states in it and what takes its snapshots, without the rest of a backend. */
final class TestBackend implements AutoCloseable {

  static final DatabaseSpecification SPECIFICATION =
      new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);

  final Path temporaryBase;
  final Path storage;
  final Database database;
  final Catalog catalog = new Catalog();
  final Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>> queues = new LinkedHashMap<>();
  final CloseableRegistry task = new CloseableRegistry();
  final KeyGroupRange range;
  final KeyGroupPrefix prefix;
  private boolean incremental = true;
  private LocalRecoveryConfig localRecovery = LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED;
  private StreamCompressionDecorator compression = UncompressedStreamCompressionDecorator.INSTANCE;
  private SnapshotHistory history = SnapshotHistory.begin();

  TestBackend(Path directory, int keyGroups, KeyGroupRange range) throws IOException {
    NativeLibrary.load(directory);
    this.temporaryBase = Files.createDirectories(directory.resolve("instance"));
    this.storage = Files.createDirectories(directory.resolve("storage"));
    Files.createDirectories(storage.resolve("shared"));
    Files.createDirectories(storage.resolve("exclusive"));
    this.range = range;
    this.prefix = KeyGroupPrefix.forKeyGroups(keyGroups);
    this.database = Database.create(directory.resolve("db"), SPECIFICATION);
  }

  static TestBackend create(Path directory) throws IOException {
    return new TestBackend(directory, 128, KeyGroupRange.of(0, 127));
  }

  TestBackend incremental(boolean on) {
    incremental = on;
    return this;
  }

  TestBackend localRecovery(LocalRecoveryConfig config) {
    localRecovery = config;
    return this;
  }

  LocalRecoveryConfig localRecovery() {
    return localRecovery;
  }

  TestBackend compression(StreamCompressionDecorator decorator) {
    compression = decorator;
    return this;
  }

  TestBackend history(SnapshotHistory restored) {
    history = restored;
    return this;
  }

  KeyedStateSnapshots<Integer> snapshots() {
    return snapshots(() -> queues);
  }

  KeyedStateSnapshots<Integer> snapshots(
      Supplier<Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>>> heapQueues) {
    return new KeyedStateSnapshots<>(
        new SnapshotSources<>(
            database, Epochs.NONE, catalog, heapQueues, IntSerializer.INSTANCE, range, prefix),
        new SnapshotSettings(temporaryBase, localRecovery, compression, task, incremental, 3),
        history);
  }

  Table addState(String name) {
    return addState(name, StateSnapshotTransformFactory.noTransform());
  }

  Table addState(String name, StateSnapshotTransformFactory<String> transformers) {
    Table table = database.createTable(name, AccessPattern.KEYS_AND_RANGES);
    catalog.addNew(
        table,
        new RegisteredKeyValueStateBackendMetaInfo<>(
            StateDescriptor.Type.VALUE,
            name,
            IntSerializer.INSTANCE,
            StringSerializer.INSTANCE,
            transformers));
    return table;
  }

  void put(Table table, int keyGroup, int key, String value) {
    table.put(key(keyGroup, key), value.getBytes(StandardCharsets.UTF_8));
  }

  byte[] key(int keyGroup, int key) {
    return ByteBuffer.allocate(prefix.width() + Integer.BYTES)
        .put(prefix.bytes(keyGroup))
        .putInt(key)
        .array();
  }

  /** Small files stay files, so that they can be counted. */
  CheckpointStreamFactory files() {
    return new FsCheckpointStreamFactory(
        LocalFileSystem.getSharedInstance(),
        flinkPath(storage.resolve("exclusive")),
        flinkPath(storage.resolve("shared")),
        0,
        4096);
  }

  List<Path> filesInStorage() throws IOException {
    try (Stream<Path> walk = Files.walk(storage)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  /** What snapshots have left beside the database. */
  List<Path> leftOver() throws IOException {
    try (Stream<Path> list = Files.list(temporaryBase)) {
      return list.toList();
    }
  }

  static CheckpointOptions options(SnapshotType type) {
    return new CheckpointOptions(type, CheckpointStorageLocationReference.getDefault());
  }

  static SnapshotResult<KeyedStateHandle> run(
      RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot) throws Exception {
    snapshot.run();
    return snapshot.get();
  }

  static IncrementalRemoteKeyedStateHandle remote(SnapshotResult<KeyedStateHandle> result) {
    return (IncrementalRemoteKeyedStateHandle) result.getJobManagerOwnedSnapshot();
  }

  static List<String> names(List<HandleAndLocalPath> files) {
    return files.stream().map(HandleAndLocalPath::getLocalPath).sorted().toList();
  }

  /** All entries of a table, key and value in hexadecimal digits. */
  Map<String, String> entries(Table table) {
    return entries(table, prefix.bounds(range));
  }

  static Map<String, String> entries(Table table, Bounds bounds) {
    Map<String, String> entries = new TreeMap<>();
    try (Cursor cursor = table.cursor(bounds.lowerInclusive(), bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        entries.put(hex(cursor.key()), hex(cursor.value()));
      }
    }
    return entries;
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Copies the files of a native snapshot into a directory, as a restore would. */
  static Path download(IncrementalRemoteKeyedStateHandle handle, Path target) throws IOException {
    Files.createDirectories(target);
    List<HandleAndLocalPath> all = new ArrayList<>(handle.getSharedState());
    all.addAll(handle.getPrivateState());
    for (HandleAndLocalPath file : all) {
      try (InputStream input = file.getHandle().openInputStream()) {
        Files.copy(input, target.resolve(file.getLocalPath()));
      }
    }
    return target;
  }

  /** The entries that a native snapshot holds for each of the tables. */
  Map<String, Map<String, String>> contents(IncrementalRemoteKeyedStateHandle handle, Path target)
      throws IOException {
    return contents(download(handle, target));
  }

  Map<String, Map<String, String>> contents(Path directory) throws IOException {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    Map<String, AccessPattern> tables = new TreeMap<>();
    catalog.all().forEach(state -> tables.put(state.name(), AccessPattern.KEYS));
    try (Database restored = Database.openFiles(directory, SPECIFICATION, tables)) {
      for (Table table : restored.tables()) {
        contents.put(table.name(), entries(table));
      }
    }
    return contents;
  }

  Map<String, Map<String, String>> contents() {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    for (Table table : database.tables()) {
      contents.put(table.name(), entries(table));
    }
    return contents;
  }

  @Override
  public void close() throws IOException {
    task.close();
    database.close();
  }

  private static org.apache.flink.core.fs.Path flinkPath(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri());
  }
}
