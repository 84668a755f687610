package io.basalt.statebackend.flink;

/** The kinds of snapshot the suite of expiring state runs with. */
enum TtlSnapshot {
  INCREMENTAL_CHECKPOINT,
  FULL_CHECKPOINT,
  CANONICAL_SAVEPOINT
}
