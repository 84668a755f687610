package io.basalt.statebackend.flink;

/** {@link TtlSuite} with full native checkpoints. */
final class TtlFullCheckpointSuiteTest extends TtlSuite {

  TtlFullCheckpointSuiteTest() {
    super(TtlSnapshot.FULL_CHECKPOINT);
  }
}
