package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** Manifests that RocksDB begins anew, under another name, go into checkpoints as the others do. */
class ShortManifestTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** RocksDB begins a manifest anew with whatever changes next. */
  public static final class ShortManifests implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    private static volatile long mostBytesBefore;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      mostBytesBefore = current.maxManifestFileSize();
      return current.setMaxManifestFileSize(1);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      return current;
    }
  }

  @ParameterizedTest(name = "2 -> {0}")
  @ValueSource(ints = {2, 1, 3})
  void aCheckpointHasTheManifestThatWasBegunAnew(int parallelism) throws Exception {
    Participant participant =
        Participant.BASALT.withSettings(
            Map.of("state.backend.rocksdb.options-factory", ShortManifests.class.getName()));
    Set<String> manifests = new HashSet<>();
    Snapshot<Integer> snapshot = null;
    try (NumberedJob job = NumberedJob.start(workspace, participant, 2)) {
      for (int round = 1; round <= 4; round++) {
        job.write(round);
        snapshot = job.checkpoint(round);
        manifests.addAll(manifests(snapshot));
      }
    }
    assertThat(ShortManifests.mostBytesBefore).isEqualTo(64 << 20);
    assertThat(manifests).as("of four checkpoints of two tasks").hasSizeGreaterThanOrEqualTo(4);

    try (NumberedJob job = NumberedJob.restore(workspace, participant, snapshot, parallelism)) {
      job.assertHas(snapshot.contents());
      job.write(5);
      snapshot = job.checkpoint(5);
    }
    try (NumberedJob job = NumberedJob.restore(workspace, participant, snapshot, 2)) {
      job.assertHas(5);
    }
  }

  private static Set<String> manifests(Snapshot<?> snapshot) {
    return snapshot.handles().stream()
        .flatMap(handle -> ((IncrementalRemoteKeyedStateHandle) handle).getPrivateState().stream())
        .map(HandleAndLocalPath::getLocalPath)
        .filter(name -> name.startsWith("MANIFEST-"))
        .collect(Collectors.toSet());
  }
}
