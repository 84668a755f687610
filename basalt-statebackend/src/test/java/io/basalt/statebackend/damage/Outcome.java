package io.basalt.statebackend.damage;

/** What came of a restore from a damaged snapshot. */
enum Outcome {
  /** The restore failed. */
  REFUSED,
  /** The restore succeeded, and the first read that met the damage failed. */
  FAILED_READ,
  /** The state is what was written: the damage is where nobody reads. */
  UNHARMED,
  /** The state is not what was written, and nobody said so. */
  WRONG
}
