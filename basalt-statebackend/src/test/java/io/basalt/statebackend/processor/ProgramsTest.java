package io.basalt.statebackend.processor;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.processor.Jobs.Written;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs of the State Processor API read, write and change, jobs have written or read. */
@Timeout(60)
class ProgramsTest {

  private static final OperatorIdentifier RENAMED = OperatorIdentifier.forUid("renamed");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  private Jobs jobs;

  @BeforeEach
  void openJobs(@InjectMiniCluster MiniCluster cluster) {
    jobs = new Jobs(workspace, cluster);
  }

  static List<Arguments> snapshotsAndReaders() {
    List<Arguments> all = new ArrayList<>();
    for (Written written : Written.values()) {
      all.add(Arguments.of(BASALT, written, BASALT));
      all.add(Arguments.of(BASALT, written, STOCK));
      all.add(Arguments.of(STOCK, written, BASALT));
    }
    all.add(Arguments.of(BASALT.withoutIncremental(), Written.CHECKPOINT, STOCK));
    all.add(Arguments.of(STOCK.withoutIncremental(), Written.CHECKPOINT, BASALT));
    return all;
  }

  @ParameterizedTest
  @MethodSource("snapshotsAndReaders")
  void readWhatAJobHasWritten(Participant job, Written written, Participant program)
      throws Exception {
    String snapshot = jobs.write(job, written);
    assertThat(Programs.readStates(snapshot, backend(program), Numbers.STATES))
        .containsExactlyInAnyOrderElementsOf(Numbers.statesAndTimers());
    assertThat(Programs.readWindows(snapshot, backend(program)))
        .containsExactlyInAnyOrderElementsOf(Numbers.sumsOfPendingWindows());
  }

  static List<Arguments> programsAndJobs() {
    return List.of(
        Arguments.of(BASALT, BASALT), Arguments.of(BASALT, STOCK), Arguments.of(STOCK, BASALT));
  }

  @ParameterizedTest
  @MethodSource("programsAndJobs")
  void writeWhatAJobGoesOnFrom(Participant program, Participant job) throws Exception {
    String savepoint = newSavepoint();
    StreamExecutionEnvironment environment = Programs.environment();
    SavepointWriter.newSavepoint(environment, backend(program), Numbers.MAX_PARALLELISM)
        .withOperator(Numbers.STATES, Programs.states(environment))
        .withOperator(Numbers.WINDOWS, Programs.windows(environment))
        .write(savepoint);
    environment.execute();
    assertGoesOn(job, savepoint, Numbers.STATES);
  }

  static List<Arguments> snapshotsProgramsAndJobs() {
    List<Arguments> all = new ArrayList<>();
    for (Written written : List.of(Written.CANONICAL_SAVEPOINT, Written.CHECKPOINT)) {
      all.add(Arguments.of(BASALT, written, BASALT, STOCK));
      all.add(Arguments.of(BASALT, written, STOCK, BASALT));
      all.add(Arguments.of(STOCK, written, BASALT, BASALT));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("snapshotsProgramsAndJobs")
  void changeWhatAJobGoesOnFrom(
      Participant before, Written written, Participant program, Participant after)
      throws Exception {
    String savepoint = change(jobs.write(before, written), program);
    assertThat(Programs.readStates(savepoint, backend(program), RENAMED))
        .containsExactlyInAnyOrderElementsOf(Numbers.statesAndTimers());
    assertGoesOn(after, savepoint, RENAMED);
  }

  /** Stock's other downloads fail because the first has, and any of them may be reported. */
  static List<Arguments> backendsAndFailures() {
    return List.of(
        Arguments.of(BASALT, FileNotFoundException.class), Arguments.of(STOCK, IOException.class));
  }

  /** Flink copies the files of canonical savepoints only, and refers to the others as if it had. */
  @ParameterizedTest
  @MethodSource("backendsAndFailures")
  void losesTheFilesOfNativeSavepointsWhateverTheBackend(
      Participant participant, Class<? extends Throwable> failure) throws Exception {
    String savepoint = change(jobs.write(participant, Written.NATIVE_SAVEPOINT), participant);
    assertThatThrownBy(() -> Programs.readStates(savepoint, backend(participant), RENAMED))
        .hasRootCauseInstanceOf(failure);
  }

  /** One operator is kept under another name, another is removed and made anew. */
  private String change(String snapshot, Participant program) throws Exception {
    String savepoint = newSavepoint();
    StreamExecutionEnvironment environment = Programs.environment();
    SavepointWriter.fromExistingSavepoint(environment, snapshot, backend(program))
        .removeOperator(Numbers.WINDOWS)
        .withOperator(Numbers.WINDOWS, Programs.windows(environment))
        .changeOperatorIdentifier(Numbers.STATES, RENAMED)
        .write(savepoint);
    environment.execute();
    return savepoint;
  }

  private void assertGoesOn(Participant job, String savepoint, OperatorIdentifier states)
      throws Exception {
    List<String> expected = new ArrayList<>(Numbers.states());
    expected.addAll(Numbers.timersFired());
    expected.addAll(Numbers.windows());
    assertThat(jobs.readToTheEnd(job, savepoint, states.getUid().orElseThrow()))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private String newSavepoint() throws Exception {
    Path parent = workspace.directory();
    return parent.resolve("savepoint").toUri().toString();
  }

  private StateBackend backend(Participant participant) throws Exception {
    return Participant.load(participant.configuration(workspace.localDirectory(participant)));
  }
}
