package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static io.basalt.statebackend.harness.SnapshotKind.CANONICAL_SAVEPOINT;
import static io.basalt.statebackend.harness.SnapshotKind.CHECKPOINT;
import static io.basalt.statebackend.harness.SnapshotKind.FULL_CHECKPOINT;
import static io.basalt.statebackend.harness.SnapshotKind.NATIVE_SAVEPOINT;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.Map;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of snapshot from every backend that can write it to every backend that can read it, at
 * every scale. The rows of stock and the heap among themselves show that the test asks for nothing
 * that they do not do themselves.
 */
class SnapshotExchangeTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  static List<Exchange<?>> canonicalSavepoints() {
    return new Exchanges()
        .add(BASALT, CANONICAL_SAVEPOINT, BASALT, Scale.ALL)
        .add(BASALT, CANONICAL_SAVEPOINT, STOCK, Scale.ALL)
        .add(STOCK, CANONICAL_SAVEPOINT, BASALT, Scale.ALL)
        .add(BASALT.withHeapTimers(), CANONICAL_SAVEPOINT, HEAP, Scale.ALL)
        .add(HEAP, CANONICAL_SAVEPOINT, BASALT, Scale.ALL)
        .add(STOCK, CANONICAL_SAVEPOINT, HEAP, List.of(Scale.UNEVEN))
        .add(HEAP, CANONICAL_SAVEPOINT, STOCK, List.of(Scale.UNEVEN))
        .rows();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void canonicalSavepoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> compressedCanonicalSavepoints() {
    List<Scale> scales = List.of(Scale.UNEVEN);
    return new Exchanges()
        .add(BASALT.withCompression(), CANONICAL_SAVEPOINT, BASALT, scales)
        .add(BASALT.withCompression(), CANONICAL_SAVEPOINT, STOCK, scales)
        .add(STOCK.withCompression(), CANONICAL_SAVEPOINT, BASALT, scales)
        .add(BASALT.withCompression(), CANONICAL_SAVEPOINT, HEAP, scales)
        .add(HEAP.withCompression(), CANONICAL_SAVEPOINT, BASALT, scales)
        .rows();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void compressedCanonicalSavepoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> timersOfCanonicalSavepoints() {
    List<Scale> scales = List.of(Scale.UNEVEN);
    return new Exchanges()
        .add(BASALT.withHeapTimers(), CANONICAL_SAVEPOINT, BASALT, scales)
        .add(BASALT, CANONICAL_SAVEPOINT, BASALT.withHeapTimers(), scales)
        .add(BASALT.withHeapTimers(), CANONICAL_SAVEPOINT, STOCK, scales)
        .add(BASALT, CANONICAL_SAVEPOINT, STOCK.withHeapTimers(), scales)
        .add(STOCK.withHeapTimers(), CANONICAL_SAVEPOINT, BASALT, scales)
        .add(STOCK, CANONICAL_SAVEPOINT, BASALT.withHeapTimers(), scales)
        .add(STOCK, CANONICAL_SAVEPOINT, STOCK.withHeapTimers(), scales)
        .rows();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void timersOfCanonicalSavepoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> incrementalCheckpoints() {
    return sharedByNativeBackends(BASALT, STOCK, CHECKPOINT, Scale.ALL);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void incrementalCheckpoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> nativeCheckpointsThatAreNotIncremental() {
    return sharedByNativeBackends(
        BASALT.withoutIncremental(),
        STOCK.withoutIncremental(),
        CHECKPOINT,
        List.of(Scale.SAME, Scale.UNEVEN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void nativeCheckpointsThatAreNotIncremental(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> fullCheckpoints() {
    return sharedByNativeBackends(
        BASALT, STOCK, FULL_CHECKPOINT, List.of(Scale.SAME, Scale.UNEVEN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void fullCheckpoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> nativeSavepoints() {
    return sharedByNativeBackends(BASALT, STOCK, NATIVE_SAVEPOINT, Scale.SAME_SPLIT_MERGED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void nativeSavepoints(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  static List<Exchange<?>> waysOfStockToRescale() {
    Participant ingesting = STOCK.with(RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE);
    Participant deletingFiles =
        STOCK.with(RocksDBConfigurableOptions.USE_DELETE_FILES_IN_RANGE_DURING_RESCALING);
    return new Exchanges()
        .add(BASALT, CHECKPOINT, ingesting, Scale.SAME_SPLIT_MERGED)
        .add(BASALT, CHECKPOINT, deletingFiles, Scale.SAME_SPLIT_MERGED)
        .rows();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void waysOfStockToRescale(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  /**
   * Files of every format that Basalt chooses by itself or when it is asked to, with range
   * deletions in them, by stock with default options; and stock's by a Basalt that would write
   * others.
   */
  static List<Exchange<?>> formatsOfFiles() {
    Exchanges exchanges = new Exchanges();
    for (String partitions : List.of("true", "false")) {
      for (String filter : List.of("true", "false")) {
        Participant basalt =
            BASALT.withSettings(
                Map.of(
                    RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS.key(),
                    partitions,
                    RocksDBConfigurableOptions.USE_BLOOM_FILTER.key(),
                    filter,
                    BasaltOptions.MEMTABLE_FILTER.key(),
                    "ON",
                    BasaltOptions.MAP_RANGE_DELETE_FROM.key(),
                    "1"));
        exchanges
            .add(basalt, CHECKPOINT, STOCK, List.of(Scale.SAME, Scale.UNEVEN))
            .add(basalt, NATIVE_SAVEPOINT, STOCK, List.of(Scale.SAME))
            .add(STOCK, CHECKPOINT, basalt, List.of(Scale.SAME, Scale.UNEVEN));
      }
    }
    Participant ingesting = STOCK.with(RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE);
    Participant clearing =
        BASALT.withSettings(Map.of(BasaltOptions.MAP_RANGE_DELETE_FROM.key(), "1"));
    return exchanges.add(clearing, CHECKPOINT, ingesting, Scale.SAME_SPLIT_MERGED).rows();
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource
  void formatsOfFiles(Exchange<?> exchange) throws Exception {
    exchange.run(workspace);
  }

  private static List<Exchange<?>> sharedByNativeBackends(
      Participant basalt, Participant stock, SnapshotKind kind, List<Scale> scales) {
    return new Exchanges()
        .add(basalt, kind, basalt, scales)
        .add(basalt, kind, stock, scales)
        .add(stock, kind, basalt, scales)
        .add(stock, kind, stock, List.of(Scale.UNEVEN))
        .rows();
  }
}
