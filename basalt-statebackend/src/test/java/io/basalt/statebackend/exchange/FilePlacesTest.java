package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files of a snapshot lie where stock puts them, and their handles are stock's: tools that copy
 * or move snapshots, Flink's own State Processor API among them, know no other way.
 */
class FilePlacesTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  static List<Arguments> checkpoints() {
    return List.of(
        Arguments.of(SnapshotKind.CHECKPOINT, true),
        Arguments.of(SnapshotKind.CHECKPOINT, false),
        Arguments.of(SnapshotKind.FULL_CHECKPOINT, true));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void ofCheckpointsAreTheSame(SnapshotKind kind, boolean incremental) throws Exception {
    Map<String, String> stock = places(incremental ? STOCK : STOCK.withoutIncremental(), kind);
    Map<String, String> basalt = places(incremental ? BASALT : BASALT.withoutIncremental(), kind);
    assertThat(stock).containsKeys(".sst", "CURRENT", "MANIFEST-", "OPTIONS-", "meta data");
    assertThat(basalt).isEqualTo(stock);
  }

  /**
   * Only in savepoints stock says of tables that they are shared, which they are not: a savepoint
   * is its owner's, who may delete it. A changelog above takes it at its word, see the limits in
   * docs/compatibility.md.
   */
  @Test
  void nothingOfASavepointIsShared() throws Exception {
    Map<String, String> stock = places(STOCK, SnapshotKind.NATIVE_SAVEPOINT);
    Map<String, String> basalt = places(BASALT, SnapshotKind.NATIVE_SAVEPOINT);
    assertThat(basalt.values()).allMatch(place -> !place.startsWith("shared state"));
    stock.replaceAll((sort, place) -> place.replace("shared state", "private state"));
    assertThat(basalt).isEqualTo(stock);
  }

  /** The directory and the handle of each sort of file. */
  private Map<String, String> places(Participant participant, SnapshotKind kind) throws Exception {
    StateProgram<Integer> program =
        new StateProgram<>(
            KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
    try (Job<Integer> job = Job.start(workspace, participant, program, 1, 128)) {
      job.change(300);
      Snapshot<Contents> snapshot = job.take(kind);
      IncrementalRemoteKeyedStateHandle handle =
          (IncrementalRemoteKeyedStateHandle) snapshot.handles().get(0);
      Map<String, String> places = new TreeMap<>();
      places.put("meta data", place(handle.getMetaDataStateHandle()));
      for (HandleAndLocalPath file : handle.getSharedState()) {
        places.put(sort(file), "shared state, " + place(file.getHandle()));
      }
      for (HandleAndLocalPath file : handle.getPrivateState()) {
        places.put(sort(file), "private state, " + place(file.getHandle()));
      }
      return places;
    }
  }

  private static String sort(HandleAndLocalPath file) {
    return file.getLocalPath().replaceAll("[0-9]", "");
  }

  private static String place(StreamStateHandle handle) {
    Path file = handle.maybeGetPath().orElseThrow();
    return handle.getClass().getSimpleName()
        + " in "
        + file.getParent().getName().replaceAll("-.*", "");
  }
}
