package io.basalt.statebackend.damage;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.Map;

/**
 * One restore from a snapshot that may be damaged.
 *
 * @param failure why the restore or a read failed, or null
 */
record DamagedRestore(Outcome outcome, Throwable failure) {

  /** Restores, reads everything and looks that nothing is left. */
  static DamagedRestore attempt(
      Participant reader, Snapshot<Map<String, String>> snapshot, int parallelism, long seed)
      throws Exception {
    try (Workspace workspace = Workspace.opened(seed)) {
      DamagedRestore restore = attempt(workspace, reader, snapshot, parallelism);
      workspace.assertNothingIsLeft();
      return restore;
    }
  }

  // Whatever comes out of a restore of damaged bytes is a result here.
  @SuppressWarnings("CatchingUnchecked")
  private static DamagedRestore attempt(
      Workspace workspace,
      Participant reader,
      Snapshot<Map<String, String>> snapshot,
      int parallelism) {
    KeyedOperator<Integer> job;
    try {
      job = DamagedJob.restore(workspace, reader, snapshot, parallelism);
    } catch (Exception | Error e) {
      return new DamagedRestore(Outcome.REFUSED, e);
    }
    try {
      Map<String, String> contents = DamagedJob.contents(job);
      return new DamagedRestore(
          contents.equals(snapshot.contents()) ? Outcome.UNHARMED : Outcome.WRONG, null);
    } catch (Exception | Error e) {
      return new DamagedRestore(Outcome.FAILED_READ, e);
    }
  }

  /** The messages of the failure and of its causes. */
  String messages() {
    StringBuilder messages = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      messages.append(cause).append('\n');
    }
    return messages.toString();
  }
}
