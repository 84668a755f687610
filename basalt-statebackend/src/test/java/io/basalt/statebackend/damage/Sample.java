package io.basalt.statebackend.damage;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;

/** The snapshots that are damaged. */
enum Sample {
  /** The second of a job, with files of the first. */
  INCREMENTAL_CHECKPOINT(SnapshotKind.CHECKPOINT, 1),
  /** Of a job that was split in two: its files say that the keys of others are deleted. */
  CHECKPOINT_AFTER_RESCALE(SnapshotKind.CHECKPOINT, 2),
  NATIVE_SAVEPOINT(SnapshotKind.NATIVE_SAVEPOINT, 1),
  CANONICAL_SAVEPOINT(SnapshotKind.CANONICAL_SAVEPOINT, 1),
  COMPRESSED_CANONICAL_SAVEPOINT(SnapshotKind.CANONICAL_SAVEPOINT, 1);

  private final SnapshotKind kind;
  private final int parallelism;

  Sample(SnapshotKind kind, int parallelism) {
    this.kind = kind;
    this.parallelism = parallelism;
  }

  SnapshotKind kind() {
    return kind;
  }

  int parallelism() {
    return parallelism;
  }

  boolean isCanonical() {
    return kind == SnapshotKind.CANONICAL_SAVEPOINT;
  }

  /** Whether all of its bytes are under checksums, but for what no reader uses. */
  boolean isGuarded() {
    return this != CANONICAL_SAVEPOINT;
  }

  Participant configure(Participant participant) {
    return this == COMPRESSED_CANONICAL_SAVEPOINT ? participant.withCompression() : participant;
  }
}
