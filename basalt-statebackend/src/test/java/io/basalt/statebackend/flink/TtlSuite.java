package io.basalt.statebackend.flink;

import java.nio.file.Path;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.ttl.StateBackendTestContext;
import org.apache.flink.runtime.state.ttl.TtlStateTestBase;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flink's suite of state that expires, for one kind of snapshot.
 *
 * <p>The base class takes the kinds of state as its parameter and has no room for a second one, so
 * each kind of snapshot is a class of its own.
 */
abstract class TtlSuite extends TtlStateTestBase {

  @TempDir private Path localDirectory;

  private final BackendUnderTest backend;
  private final TtlSnapshot snapshot;

  TtlSuite(BackendUnderTest backend, TtlSnapshot snapshot) {
    this.backend = backend;
    this.snapshot = snapshot;
  }

  /**
   * Whether snapshots drop what has expired. Only a canonical savepoint does: the other kinds copy
   * files without looking into them.
   */
  @Override
  public boolean isSavepoint() {
    return snapshot == TtlSnapshot.CANONICAL_SAVEPOINT;
  }

  @Override
  protected StateBackendTestContext createStateBackendTestContext(TtlTimeProvider timeProvider) {
    return new TtlSuiteContext(timeProvider, snapshot) {
      // The super constructor calls this: it may only use what the enclosing suite holds.
      @Override
      protected StateBackend createStateBackend() {
        boolean incremental = snapshot != TtlSnapshot.FULL_CHECKPOINT;
        return backend.load(
            SuiteVariant.configuration(
                incremental, PriorityQueueStateType.ROCKSDB, localDirectory));
      }
    };
  }
}
