package io.basalt.statebackend.program;

import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;

/** Which files of a snapshot are new and which were uploaded for an earlier one. */
final class Uploads {

  private Uploads() {}

  static void count(List<OperatorSubtaskState> reports, Coverage coverage) {
    for (KeyedStateHandle handle : handles(reports)) {
      if (handle instanceof IncrementalRemoteKeyedStateHandle incremental) {
        long all = incremental.getSharedState().size();
        long reused =
            incremental.getSharedState().stream()
                .filter(file -> file.getHandle() instanceof PlaceholderStreamStateHandle)
                .count();
        coverage.count(Coverage.Event.FILE_UPLOADED, all - reused);
        coverage.count(Coverage.Event.FILE_REUSED, reused);
      }
    }
  }

  private static List<KeyedStateHandle> handles(List<OperatorSubtaskState> reports) {
    return reports.stream().flatMap(report -> report.getManagedKeyedState().stream()).toList();
  }
}
