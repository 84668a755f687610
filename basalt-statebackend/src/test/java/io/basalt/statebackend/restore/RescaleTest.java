package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Snapshots of other state backends, of every kind, come back entry for entry, at the same and at
 * another parallelism. What was in them is read by Flink's own reader, from a canonical savepoint
 * of the same state.
 */
class RescaleTest {

  private static final long SEED = System.nanoTime();

  @TempDir Path temporary;

  static Stream<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    for (SnapshotKind kind : SnapshotKind.values()) {
      for (int[] parallelism : new int[][] {{1, 1}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {3, 3}}) {
        ways.add(Arguments.of(kind, 128, parallelism[0], parallelism[1], 0.0));
      }
      // Two bytes of key group.
      ways.add(Arguments.of(kind, 300, 2, 3, 0.0));
      ways.add(Arguments.of(kind, 32768, 3, 2, 0.0));
      // Nothing is good enough to be clipped.
      ways.add(Arguments.of(kind, 128, 3, 2, 1.0));
    }
    return ways.stream();
  }

  @ParameterizedTest(name = "{0}, {1} key groups, {2} -> {3}, overlap of {4} at least")
  @MethodSource("ways")
  void everyEntryComesBackOnce(
      SnapshotKind kind, int keyGroups, int before, int after, double threshold) throws Exception {
    List<TaskSnapshot> snapshots = new PeerJob(temporary, kind, keyGroups, false, SEED).run(before);
    List<KeyedStateHandle> handles =
        snapshots.stream().map(s -> s.snapshot().getJobManagerOwnedSnapshot()).toList();
    List<KeyedStateHandle> references = snapshots.stream().map(TaskSnapshot::reference).toList();

    for (int task = 0; task < after; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, after, task);
      RestoringTask restoring =
          new RestoringTask(Files.createDirectory(temporary.resolve("new" + task)), keyGroups)
              .withOverlapFraction(threshold);
      List<KeyedStateHandle> ours =
          handles.stream().filter(handle -> handle.getIntersection(range) != null).toList();

      RestoredState restored = restoring.restore(range, ours);

      Map<String, Map<String, String>> expected = Contents.ofCanonical(references, range);
      assertThat(expected.get("timers")).as("timers in the reference").isNotEmpty();
      assertThat(Contents.of(restored)).as("seed %s", SEED).isEqualTo(expected);
      assertThat(restored.catalog().all()).noneMatch(state -> state.isClaimed());
      restoring.assertOnlyTheDatabaseIsLeft(restored);
    }
  }
}
