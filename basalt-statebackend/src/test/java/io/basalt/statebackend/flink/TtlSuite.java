package io.basalt.statebackend.flink;

import java.lang.reflect.Method;
import java.nio.file.Path;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.ttl.StateBackendTestContext;
import org.apache.flink.runtime.state.ttl.TtlStateTestBase;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flink's suite of state that expires, for one kind of snapshot.
 *
 * <p>The base class takes the kinds of state as its parameter and has no room for a second one, so
 * each kind of snapshot is a class of its own.
 *
 * <p>What cannot apply, on stock no more than here:
 *
 * <ul>
 *   <li>{@code testIncrementalCleanupWholeState} asserts that the state is an {@code
 *       AbstractHeapState} and looks into its table: no backend but the heap's can pass it. {@code
 *       IncrementalCleanupTest} asks the same of Basalt.
 *   <li>{@code testMultipleKeysWithSnapshotCleanup} and {@code
 *       testMultipleNamespacesWithSnapshotCleanup} are skipped for native snapshots, which copy
 *       files without looking into them; with canonical savepoints they run.
 *   <li>{@code testValueSetNull} and {@code testMergeNamespaces} skip the kinds of state they are
 *       not about.
 * </ul>
 *
 * {@code testIncrementalCleanup} runs against Basalt, which visits entries as state is used; stock
 * ignores that strategy and fails it.
 */
abstract class TtlSuite extends TtlStateTestBase {

  @TempDir private Path localDirectory;

  private final TtlSnapshot snapshot;
  private String testMethod;

  TtlSuite(TtlSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  @BeforeEach
  void knowTheTest(TestInfo info) {
    testMethod = info.getTestMethod().map(Method::getName).orElseThrow();
  }

  /** Both tests of this cleanup ask; see the class comment for which of them can run on what. */
  @Override
  protected boolean incrementalCleanupSupported() {
    return BackendUnderTest.ofThisRun() == BackendUnderTest.BASALT
        && !testMethod.equals("testIncrementalCleanupWholeState");
  }

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
        boolean incremental = TtlSuite.this.snapshot != TtlSnapshot.FULL_CHECKPOINT;
        return new ClosedEnvironments(
            BackendUnderTest.ofThisRun()
                .load(
                    SuiteVariant.configuration(
                        incremental, PriorityQueueStateType.ROCKSDB, localDirectory)));
      }
    };
  }
}
