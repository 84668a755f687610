package io.basalt.statebackend.restore;

/** The snapshots that other state backends of Flink can take. */
enum SnapshotKind {
  STOCK_CANONICAL_SAVEPOINT(true),
  STOCK_CANONICAL_SAVEPOINT_WITH_HEAP_TIMERS(true),
  STOCK_COMPRESSED_CANONICAL_SAVEPOINT(true),
  HEAP_CANONICAL_SAVEPOINT(true),
  STOCK_INCREMENTAL_CHECKPOINT(false),
  STOCK_FULL_CHECKPOINT(false),
  STOCK_NATIVE_SAVEPOINT(false);

  private final boolean canonical;

  SnapshotKind(boolean canonical) {
    this.canonical = canonical;
  }

  /** Whether it is one stream; else it is the files of a database. */
  boolean isCanonical() {
    return canonical;
  }
}
