package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.failures.StorageFault.Direction;
import io.basalt.statebackend.failures.StorageFault.Manner;
import io.basalt.statebackend.failures.StorageFault.Place;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Storage that breaks off in every file of every kind of snapshot, up and down. */
@Timeout(40)
class BreakingStorageTest {

  static List<Arguments> everyKind() {
    List<Arguments> all = new ArrayList<>();
    for (Participant participant : List.of(Participant.BASALT, Participant.STOCK)) {
      for (SnapshotKind kind : SnapshotKind.values()) {
        all.add(Arguments.of(participant, kind));
      }
      all.add(Arguments.of(participant.withoutIncremental(), SnapshotKind.CHECKPOINT));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void theWriteOfEveryFile(Participant participant, SnapshotKind kind) throws Exception {
    try (Workspace workspace = Workspace.opened(0)) {
      breakWrites(workspace, participant, kind);
      if (participant.type() == Participant.Type.BASALT) {
        workspace.assertNothingIsLeft();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void theReadOfEveryFile(Participant participant, SnapshotKind kind) throws Exception {
    try (Workspace workspace = Workspace.opened(0)) {
      breakReads(workspace, participant, kind);
      if (participant.type() == Participant.Type.BASALT) {
        workspace.assertNothingIsLeft();
      }
    }
  }

  /**
   * The snapshot fails alone, leaving nothing; the job goes on; what was completed before is
   * restored, and so is what comes next.
   */
  private static void breakWrites(Workspace workspace, Participant participant, SnapshotKind kind)
      throws Exception {
    boolean basalt = participant.type() == Participant.Type.BASALT;
    int cases = 0;
    int left = 0;
    try (ModelledJob job = ModelledJob.start(workspace, participant)) {
      // A stream of Flink's that cannot write its last bytes deletes its file and leaves it open.
      workspace.doNotCountOpenFilesOf(job.operator());
      Path directory = job.operator().directory();
      Snapshot<Map<String, Integer>> completed = job.take(SnapshotKind.CHECKPOINT);
      boolean more = true;
      for (int file = 0; more; file++) {
        for (Place place : Place.values()) {
          job.change();
          PendingSnapshot<Map<String, Integer>> pending = job.trigger(kind);
          StorageFault fault =
              FaultyFileSystem.use(
                  directory, new StorageFault(Direction.WRITE, file, place, Manner.BREAKS_OFF));
          Throwable failure = catchThrowable(pending::run);
          FaultyFileSystem.heal(directory);
          if (!fault.hadItsFile()) {
            more = false;
            assertThat(failure).as("without a fault").isNull();
            job.operator().abortAfterReports(pending);
            break;
          }
          String description = place + " of file " + file;
          assertThat(failure).as(description).hasStackTraceContaining("the storage broke off");
          job.operator().abort(pending, List.of());
          left = job.filesOfNoSnapshot().size();
          cases++;
          job.verify();
          if (basalt) {
            assertThat(left).as("files left by %s", description).isZero();
            job.subtask().task().assertNothingIsRegistered();
          }
          try (ModelledJob restored = ModelledJob.restore(workspace, participant, completed)) {
            restored.verify();
          }
          completed = job.take(SnapshotKind.CHECKPOINT);
        }
      }
    }
    assertThat(cases).as("cases").isGreaterThanOrEqualTo(Place.values().length);
    System.out.printf(
        "Writes that break off, %s, %s: %d cases, %d files left%n", participant, kind, cases, left);
  }

  /** The restore fails, names the file and leaves nothing; the next attempt gets everything. */
  private static void breakReads(Workspace workspace, Participant participant, SnapshotKind kind)
      throws Exception {
    boolean basalt = participant.type() == Participant.Type.BASALT;
    int cases = 0;
    int named = 0;
    int survived = 0;
    Path directory;
    try (ModelledJob job = ModelledJob.start(workspace, participant)) {
      directory = job.operator().directory();
      job.take(SnapshotKind.CHECKPOINT);
      job.change();
      Snapshot<Map<String, Integer>> snapshot = job.take(kind);
      boolean more = true;
      for (int file = 0; more; file++) {
        for (Place place : Place.values()) {
          StorageFault fault =
              FaultyFileSystem.use(
                  directory, new StorageFault(Direction.READ, file, place, Manner.BREAKS_OFF));
          Throwable failure =
              catchThrowable(
                  () -> {
                    try (ModelledJob restored =
                        ModelledJob.restore(workspace, participant, snapshot)) {
                      restored.verify();
                    }
                  });
          FaultyFileSystem.heal(directory);
          if (!fault.hadItsFile()) {
            more = false;
            assertThat(failure).as("without a fault").isNull();
            break;
          }
          String description = place + " of file " + file;
          cases++;
          if (failure == null && place == Place.CLOSE) {
            // All its bytes had been read.
            survived++;
            continue;
          }
          assertThat(failure).as(description).isNotNull();
          boolean names = messages(failure).contains(fault.struck().getName());
          named += names ? 1 : 0;
          if (basalt) {
            assertThat(failure).as(description).hasStackTraceContaining("the storage broke off");
            assertThat(names).as("%s is named in %s", description, messages(failure)).isTrue();
          }
          try (ModelledJob restored = ModelledJob.restore(workspace, participant, snapshot)) {
            restored.verify();
          }
        }
      }
    }
    assertThat(cases).as("cases").isGreaterThanOrEqualTo(Place.values().length);
    System.out.printf(
        "Reads that break off, %s, %s: %d cases, %d name the file, %d survived, %d open%n",
        participant,
        kind,
        cases,
        named,
        survived,
        workspace.openFiles().stream().filter(open -> open.startsWith(directory + "/")).count());
  }

  private static String messages(Throwable failure) {
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      messages.append(cause.getMessage()).append('\n');
    }
    return messages.toString();
  }
}
