package io.basalt.statebackend.flink;

/** {@link TtlSuite} with canonical savepoints. */
final class TtlSavepointSuiteTest extends TtlSuite {

  TtlSavepointSuiteTest() {
    super(TtlSnapshot.CANONICAL_SAVEPOINT);
  }
}
