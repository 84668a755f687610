package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.store.TinyFiles;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PhysicalStateHandleID;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that pass through several backends, one after the other. */
class ExchangeChainTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** One part of a job's life. */
  record Leg(Participant participant, int parallelism) {}

  /** The whole life: the same kind of snapshot after each part of it. */
  record Chain(SnapshotKind kind, List<Leg> legs) {
    boolean withTimers() {
      return kind == SnapshotKind.CANONICAL_SAVEPOINT
          || legs.stream().allMatch(leg -> leg.participant().keepsTimersInTables());
    }

    @Override
    public String toString() {
      return legs.stream()
          .map(leg -> leg.participant() + " at " + leg.parallelism())
          .collect(Collectors.joining(", ", kind + ": ", ""));
    }
  }

  static List<Chain> chains() {
    Participant ingesting = STOCK.with(RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE);
    Participant deletingFiles =
        STOCK.with(RocksDBConfigurableOptions.USE_DELETE_FILES_IN_RANGE_DURING_RESCALING);
    return List.of(
        rescalesOf(STOCK),
        rescalesOf(ingesting),
        rescalesOf(deletingFiles),
        new Chain(
            SnapshotKind.CHECKPOINT,
            List.of(new Leg(BASALT, 1), new Leg(STOCK, 1), new Leg(BASALT, 1), new Leg(STOCK, 1))),
        new Chain(
            SnapshotKind.CANONICAL_SAVEPOINT,
            List.of(new Leg(HEAP, 2), new Leg(BASALT, 3), new Leg(HEAP, 1), new Leg(BASALT, 2))));
  }

  private static Chain rescalesOf(Participant stock) {
    return new Chain(
        SnapshotKind.CHECKPOINT,
        List.of(
            new Leg(stock, 2),
            new Leg(BASALT, 3),
            new Leg(stock, 2),
            new Leg(BASALT, 1),
            new Leg(stock, 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("chains")
  void nothingIsLostOnTheWay(Chain chain) throws Exception {
    StateProgram<String> program =
        new StateProgram<>(
            KeyType.STRING,
            workspace.seed(),
            chain.withTimers(),
            Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
    Snapshot<Contents> last = null;
    for (Leg leg : chain.legs()) {
      try (Job<String> job = next(leg, program, last)) {
        job.verify();
        job.change(200);
        job.take(chain.kind());
        job.change(100);
        last = job.take(chain.kind());
        job.change(50);
      }
    }
    try (Job<String> job = next(chain.legs().get(0), program, last)) {
      job.verify();
      job.verifyAfterExpiry();
    }
  }

  /** Split, joined, joined again before and after RocksDB has merged anything. */
  @ParameterizedTest(name = "changes between: {0}")
  @ValueSource(ints = {0, 300})
  void stockReadsWhatWasWrittenAfterEveryRescale(int changes) throws Exception {
    Participant ingesting = STOCK.with(RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE);
    StateProgram<String> program =
        new StateProgram<>(
            KeyType.STRING, workspace.seed(), true, Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
    Participant tinyFiles =
        BASALT.withSettings(
            Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), TinyFiles.class.getName()));
    Snapshot<Contents> last = null;
    for (int parallelism : new int[] {2, 3, 2, 5, 3, 1, 4}) {
      try (Job<String> job = next(new Leg(tinyFiles, parallelism), program, last)) {
        job.verify();
        job.change(last == null ? 500 : changes);
        last = job.take(SnapshotKind.CHECKPOINT);
      }
      for (Leg reader :
          List.of(
              new Leg(STOCK, parallelism),
              new Leg(STOCK, parallelism + 1),
              new Leg(ingesting, Math.max(1, parallelism - 1)))) {
        try (Job<String> job =
            Job.restore(
                workspace,
                reader.participant(),
                program,
                last,
                reader.parallelism(),
                RecoveryClaimMode.NO_CLAIM)) {
          job.verify();
        }
      }
    }
  }

  private <K> Job<K> next(Leg leg, StateProgram<K> program, Snapshot<Contents> last)
      throws Exception {
    return last == null
        ? Job.start(workspace, leg.participant(), program, leg.parallelism(), 128)
        : Job.restore(
            workspace,
            leg.participant(),
            program,
            last,
            leg.parallelism(),
            RecoveryClaimMode.CLAIM);
  }

  @ParameterizedTest(name = "stock first: {0}")
  @ValueSource(booleans = {true, false})
  void theNextIncrementalCheckpointRefersToFilesThatTheOtherBackendUploaded(boolean stockFirst)
      throws Exception {
    Participant writer = stockFirst ? STOCK : BASALT;
    Participant reader = stockFirst ? BASALT : STOCK;
    StateProgram<Integer> program =
        new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
    Snapshot<Contents> written;
    try (Job<Integer> job = Job.start(workspace, writer, program, 1, 128)) {
      job.change(400);
      written = job.take(SnapshotKind.CHECKPOINT);
    }
    Snapshot<Contents> continued;
    try (Job<Integer> job =
        Job.restore(workspace, reader, program, written, 1, RecoveryClaimMode.CLAIM)) {
      job.change(20);
      continued = job.take(SnapshotKind.CHECKPOINT);
    }
    assertThat(sharedFiles(continued)).containsAnyElementsOf(sharedFiles(written));
    try (Job<Integer> job =
        Job.restore(workspace, writer, program, continued, 1, RecoveryClaimMode.CLAIM)) {
      job.verify();
    }
  }

  /** Each task refers to the files of all databases that its own was made of. */
  @ParameterizedTest(name = "{0} to {1}")
  @CsvSource({"1, 2", "2, 1", "2, 3", "3, 2"})
  void afterARescaleFilesThatWereOpenedAreNotUploadedAgain(int before, int after) throws Exception {
    StateProgram<Integer> program =
        new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
    Snapshot<Contents> written;
    try (Job<Integer> job = Job.start(workspace, BASALT, program, before, 128)) {
      job.change(400);
      written = job.take(SnapshotKind.CHECKPOINT);
    }
    Snapshot<Contents> first;
    Snapshot<Contents> last;
    try (Job<Integer> job =
        Job.restore(workspace, BASALT, program, written, after, RecoveryClaimMode.CLAIM)) {
      first = job.take(SnapshotKind.CHECKPOINT);
      job.change(100);
      job.take(SnapshotKind.CHECKPOINT);
      job.change(100);
      last = job.take(SnapshotKind.CHECKPOINT);
    }
    assertThat(first.handles())
        .allSatisfy(
            handle ->
                assertThat(sharedFiles(List.of(handle)))
                    .containsAnyElementsOf(sharedFiles(written)));
    if (after == 1) {
      assertThat(sharedFiles(first)).containsAll(sharedFiles(written));
    }
    for (Participant reader : List.of(BASALT, STOCK)) {
      try (Job<Integer> job =
          Job.restore(workspace, reader, program, last, before, RecoveryClaimMode.NO_CLAIM)) {
        job.verify();
      }
    }
  }

  /** Split and joined with no time to merge anything: nothing is copied, nothing uploaded twice. */
  @ParameterizedTest(name = "changes between: {0}")
  @ValueSource(ints = {0, 30})
  void rescalesInARowGoOnWithTheFilesOfTheFirst(int changes) throws Exception {
    StateProgram<Integer> program =
        new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
    Snapshot<Contents> last = null;
    Set<PhysicalStateHandleID> first = null;
    for (int parallelism : new int[] {2, 3, 2, 3, 1}) {
      try (Job<Integer> job = next(new Leg(BASALT, parallelism), program, last)) {
        job.verify();
        job.change(last == null ? 400 : changes);
        last = job.take(SnapshotKind.CHECKPOINT);
      }
      if (first == null) {
        first = sharedFiles(last);
      }
      assertThat(sharedFiles(last)).as("at %s", parallelism).containsAll(first);
      try (Job<Integer> job =
          Job.restore(
              workspace, STOCK, program, last, parallelism + 1, RecoveryClaimMode.NO_CLAIM)) {
        job.verify();
      }
    }
  }

  private static Set<PhysicalStateHandleID> sharedFiles(Snapshot<Contents> snapshot) {
    return sharedFiles(snapshot.handles());
  }

  private static Set<PhysicalStateHandleID> sharedFiles(
      Collection<? extends KeyedStateHandle> handles) {
    return handles.stream()
        .flatMap(handle -> ((IncrementalKeyedStateHandle) handle).getSharedStateHandles().stream())
        .map(file -> file.getHandle().getStreamStateHandleID())
        .collect(Collectors.toSet());
  }
}
