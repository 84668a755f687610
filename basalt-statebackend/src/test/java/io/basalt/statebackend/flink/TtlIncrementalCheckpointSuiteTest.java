package io.basalt.statebackend.flink;

/** {@link TtlSuite} with incremental checkpoints. */
final class TtlIncrementalCheckpointSuiteTest extends TtlSuite {

  TtlIncrementalCheckpointSuiteTest() {
    super(TtlSnapshot.INCREMENTAL_CHECKPOINT);
  }
}
