package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.PendingSnapshot;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * A restore at another parallelism. One subtask after the other is restored, as if each had a
 * machine to itself.
 */
final class Rescale {

  private final SubjectSettings settings;
  private final Path directory;
  private final Restore.From from;
  private final List<Integer> handles = new ArrayList<>();
  private final List<Restore> restores = new ArrayList<>();

  Rescale(SubjectSettings settings, Path directory, Restore.From from) throws Exception {
    this.settings = settings;
    this.directory = directory;
    this.from = from;
    try (Operator<Long> operator = from.operator(settings, directory.resolve("handles"))) {
      for (int index = 0; index < from.parallelism(); index++) {
        handles.add(operator.handles(index).size());
      }
    }
  }

  /** What copying the files of the first subtask with so many handles takes. */
  void floor(String row, int handlesOfSubtask, Group.Report report) throws Exception {
    report.row(
        "floor: copying the files of " + row,
        Floor.ofRestore(settings, directory, from, handles.indexOf(handlesOfSubtask)));
  }

  /** Restores all subtasks. */
  Rescale restore() throws Exception {
    for (int index = 0; index < from.parallelism(); index++) {
      Floor.files(settings, directory, from, index);
      restores.add(Restore.of(settings, directory.resolve("of-" + index), from, index));
    }
    return this;
  }

  /** Reports the mean of the subtasks with so many handles. */
  void report(String row, int handlesOfSubtask, Group.Report report) {
    List<Restore> meant = new ArrayList<>();
    for (int index = 0; index < from.parallelism(); index++) {
      if (handles.get(index) == handlesOfSubtask) {
        meant.add(restores.get(index));
      }
    }
    report.row(row, Restore.mean(meant));
  }

  /** Reports the subtask that took the longest, which is what a job waits for. */
  void reportSlowest(String row, Group.Report report) {
    report.row(row, Restore.mean(List.of(Restore.slowest(restores))));
  }

  /** Makes one checkpoint of the first checkpoints of all subtasks. */
  String checkpoint() throws Exception {
    try (Operator<Long> operator = from.operator(settings, directory.resolve("all"))) {
      PendingSnapshot empty = operator.trigger(SnapshotKind.INCREMENTAL_CHECKPOINT);
      return operator
          .complete(
              new PendingSnapshot.Finished(
                  empty,
                  restores.stream().flatMap(restore -> restore.first().results().stream()).toList(),
                  new Usage(0, 0, 0, 0, 0)))
          .pointer();
    }
  }

  void delete() throws IOException {
    FileUtils.deleteDirectory(directory.toFile());
  }
}
