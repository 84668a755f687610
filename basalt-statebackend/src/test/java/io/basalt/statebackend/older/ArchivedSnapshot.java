package io.basalt.statebackend.older;

import java.util.EnumSet;
import java.util.Set;

/**
 * The kinds of archived snapshot.
 *
 * <p>Compiled against older versions of Flink, too.
 */
enum ArchivedSnapshot {
  /** A canonical savepoint of RocksDB's backend, timers in its tables. */
  SAVEPOINT("rocksdb", "rocksdb"),
  /** The same, timers on the heap. */
  SAVEPOINT_WITH_HEAP_TIMERS("rocksdb", "heap"),
  /** A canonical savepoint of the heap backend, since Flink 1.13. */
  SAVEPOINT_OF_THE_HEAP("hashmap", "heap"),
  /** RocksDB's own files, since Flink 1.15. */
  NATIVE_SAVEPOINT("rocksdb", "rocksdb"),
  /** RocksDB's own files, the second of two checkpoints. */
  INCREMENTAL_CHECKPOINT("rocksdb", "rocksdb"),
  /** A checkpoint that is not incremental: RocksDB's own files, in Flink 1.15 one stream yet. */
  FULL_CHECKPOINT("rocksdb", "rocksdb");

  private final String backend;
  private final String timers;

  ArchivedSnapshot(String backend, String timers) {
    this.backend = backend;
    this.timers = timers;
  }

  String backend() {
    return backend;
  }

  String timers() {
    return timers;
  }

  boolean isCheckpoint() {
    return this == INCREMENTAL_CHECKPOINT || this == FULL_CHECKPOINT;
  }

  /** Whether it consists of RocksDB's own files. */
  boolean isOfFiles() {
    return this == NATIVE_SAVEPOINT || isCheckpoint();
  }

  /** What there is of a version, as far as stock restores it today. */
  static Set<ArchivedSnapshot> ofVersion(String version) {
    String[] numbers = version.split("\\.", -1);
    int major = Integer.parseInt(numbers[0]);
    int minor = major > 1 ? Integer.MAX_VALUE : Integer.parseInt(numbers[1]);
    Set<ArchivedSnapshot> kinds = EnumSet.of(SAVEPOINT, SAVEPOINT_WITH_HEAP_TIMERS);
    if (minor >= 13) {
      kinds.add(SAVEPOINT_OF_THE_HEAP);
    }
    if (minor >= 15) {
      kinds.addAll(EnumSet.of(NATIVE_SAVEPOINT, INCREMENTAL_CHECKPOINT, FULL_CHECKPOINT));
    }
    return kinds;
  }
}
