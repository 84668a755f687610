package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.state.AbstractStateBackend;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.ConfigurableStateBackend;
import org.apache.flink.runtime.state.StateBackendTestBase;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.testutils.junit.extensions.parameterized.Parameter;
import org.apache.flink.testutils.junit.extensions.parameterized.ParameterizedTestExtension;
import org.apache.flink.testutils.junit.extensions.parameterized.Parameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Flink's suite of keyed state and its snapshots, over every {@link SuiteVariant}. */
@ExtendWith(ParameterizedTestExtension.class)
final class KeyedStateSuiteTest extends StateBackendTestBase<AbstractStateBackend> {

  // The extension injects by reflection and needs the field public.
  @Parameter public SuiteVariant variant;

  @TempDir private Path localDirectory;
  @TempDir private Path checkpointDirectory;

  /**
   * Nine tenths of the time goes into the 128 states of the tests that rescale, for all of which
   * RocksDB writes all options whenever there is one more. They have no timers.
   */
  @BeforeEach
  void onceForBothKindsOfTimers(TestInfo test) {
    boolean rescales =
        test.getTestMethod()
            .map(method -> method.getName().matches("testKeyGroups?SnapshotRestore.*"))
            .orElse(false);
    assumeThat(rescales && variant.timers() == PriorityQueueStateType.HEAP)
        .as("rescaled with timers on the heap, of which there are none")
        .isFalse();
  }

  @Parameters(name = "{0}")
  static List<SuiteVariant> variants() {
    return SuiteVariant.all();
  }

  @Override
  protected ConfigurableStateBackend getStateBackend() {
    return BackendUnderTest.ofThisRun().load(variant.configuration(localDirectory));
  }

  @Override
  protected CheckpointStorage getCheckpointStorage() {
    return variant.storage().create(checkpointDirectory);
  }

  /** State is restored as bytes; serializers come with the first registration. */
  @Override
  protected boolean isSerializerPresenceRequiredOnRestore() {
    return false;
  }

  @Override
  protected boolean supportsAsynchronousSnapshots() {
    return true;
  }

  /** Queues on the heap keep the caller's element, and with it its key and namespace. */
  @Override
  protected boolean isSafeToReuseKVState() {
    return variant.timers() == PriorityQueueStateType.ROCKSDB;
  }
}
