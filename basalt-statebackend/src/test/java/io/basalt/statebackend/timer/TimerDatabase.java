package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.hot.Budget;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.state.HotStates;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshotReadersWriters;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/** A real database with the catalog of one life of a job; {@link #restart} starts the next one. */
final class TimerDatabase implements AutoCloseable {

  static final int DEFAULT_CACHE_SIZE = 128;

  static final long TIER_BYTES = 16 << 20;

  private final Database database;
  private Catalog catalog = new Catalog();

  /** Keeps timers; of the serializer and the key groups of its states nothing is used. */
  private final @Nullable HotStates<Integer> hot;

  private TimerDatabase(Database database, long tierBytes) {
    this.database = database;
    this.hot =
        tierBytes == 0
            ? null
            : new HotStates<>(
                database,
                IntSerializer.INSTANCE,
                KeyGroupPrefix.forKeyGroups(1),
                new Budget(tierBytes).share());
  }

  static TimerDatabase open(Path temporary) throws IOException {
    return open(temporary, null, TIER_BYTES);
  }

  /**
   * Opens an empty one.
   *
   * @param tierBytes how much the tier may take; none if there is to be no tier
   */
  static TimerDatabase open(Path temporary, @Nullable RocksDBOptionsFactory factory, long tierBytes)
      throws IOException {
    NativeLibrary.load(temporary);
    return new TimerDatabase(
        Database.create(
            temporary.resolve("db"),
            new DatabaseSpecification(
                DatabaseSettings.defaults(),
                factory,
                null,
                List.of(),
                0,
                System::currentTimeMillis)),
        tierBytes);
  }

  Database database() {
    return database;
  }

  /** The tier, where there is one. */
  HotStates<Integer> hot() {
    return Objects.requireNonNull(hot);
  }

  Catalog catalog() {
    return catalog;
  }

  TimerQueues queues(PriorityQueueStateType kind, KeyGroupRange range, int numberOfKeyGroups) {
    return queues(kind, range, numberOfKeyGroups, DEFAULT_CACHE_SIZE);
  }

  TimerQueues queues(
      PriorityQueueStateType kind, KeyGroupRange range, int numberOfKeyGroups, int cacheSize) {
    return TimerQueues.create(
        kind,
        database,
        catalog,
        range,
        numberOfKeyGroups,
        cacheSize,
        hot == null ? null : hot::keys);
  }

  /** As after a restore of all tables: their meta data went through a snapshot, none is claimed. */
  void restart() throws IOException {
    Catalog restored = new Catalog();
    for (StateMetaInfoSnapshot snapshot : catalog.metaInfoSnapshots()) {
      Table table = database.find(snapshot.getName());
      if (table == null) {
        throw new AssertionError("No table for " + snapshot.getName());
      }
      restored.addRestored(table, throughBytes(snapshot));
    }
    catalog = restored;
  }

  /** All keys of a table. */
  List<byte[]> keys(String tableName) {
    Table table = database.find(tableName);
    if (table == null) {
      throw new AssertionError("No table " + tableName);
    }
    List<byte[]> keys = new ArrayList<>();
    byte[] behindAll = {-1};
    try (Cursor cursor = table.cursor(new byte[0], behindAll)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  @Override
  public void close() {
    if (hot != null) {
      hot.close();
    }
    database.close();
  }

  private static StateMetaInfoSnapshot throughBytes(StateMetaInfoSnapshot snapshot)
      throws IOException {
    DataOutputSerializer output = new DataOutputSerializer(64);
    StateMetaInfoSnapshotReadersWriters.getWriter().writeStateMetaInfoSnapshot(snapshot, output);
    return StateMetaInfoSnapshotReadersWriters.getReader(
            StateMetaInfoSnapshotReadersWriters.CURRENT_STATE_META_INFO_SNAPSHOT_VERSION)
        .readStateMetaInfoSnapshot(
            new DataInputDeserializer(output.getCopyOfBuffer()),
            TimerDatabase.class.getClassLoader());
  }
}
