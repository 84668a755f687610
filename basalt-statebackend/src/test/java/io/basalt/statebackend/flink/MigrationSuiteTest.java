package io.basalt.statebackend.flink;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.ConfigurableStateBackend;
import org.apache.flink.runtime.state.StateBackendMigrationTestBase;
import org.apache.flink.testutils.junit.extensions.parameterized.Parameter;
import org.apache.flink.testutils.junit.extensions.parameterized.ParameterizedTestExtension;
import org.apache.flink.testutils.junit.extensions.parameterized.Parameters;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flink's suite of serializers that change between snapshot and restore.
 *
 * <p>It runs with timers in RocksDB only. Timers on the heap are no part of a keyed backend's
 * checkpoint: the timer service writes them into the operator's raw keyed state, and brings them
 * back from there. {@code testPriorityQueueStateCreationFailsIfNewSerializerIsNotCompatible}, which
 * expects to find a queue in the restored backend, fails for that reason on stock as well; no other
 * test of this suite has to do with timers.
 */
@ExtendWith(ParameterizedTestExtension.class)
final class MigrationSuiteTest extends StateBackendMigrationTestBase<ConfigurableStateBackend> {

  // The extension injects by reflection and needs the field public.
  @Parameter public SuiteVariant variant;

  @TempDir private Path localDirectory;
  @TempDir private Path checkpointDirectory;

  @Parameters(name = "{0}")
  static List<SuiteVariant> variants() {
    return SuiteVariant.withTimersInRocksDb();
  }

  @Override
  protected ConfigurableStateBackend getStateBackend() {
    return BackendUnderTest.ofThisRun().load(variant.configuration(localDirectory));
  }

  @Override
  protected CheckpointStorage getCheckpointStorage() {
    return variant.storage().create(checkpointDirectory);
  }
}
