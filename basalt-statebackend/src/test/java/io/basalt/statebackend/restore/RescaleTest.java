package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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

  /** What becomes of several databases. */
  enum Way {
    JOINED,
    COPIED_INTO_ONE,
    COPIED_INTO_ONE_WITH_ALL_FILES,
    /** None is good enough to begin with. */
    COPIED;

    RescaleSettings settings() {
      return switch (this) {
        case JOINED -> new RescaleSettings(0.0, true, true, true);
        case COPIED_INTO_ONE -> new RescaleSettings(0.0, false, true, true);
        case COPIED_INTO_ONE_WITH_ALL_FILES -> new RescaleSettings(0.0, false, false, false);
        case COPIED -> new RescaleSettings(1.0, true, true, true);
      };
    }
  }

  @TempDir Path temporary;

  static Stream<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    for (SnapshotKind kind : kinds()) {
      ways.add(Arguments.of(kind, 128, 3, 2, Way.COPIED));
      ways.add(Arguments.of(kind, 128, 3, 2, Way.COPIED_INTO_ONE));
      ways.add(Arguments.of(kind, 128, 3, 2, Way.COPIED_INTO_ONE_WITH_ALL_FILES));
      for (int[] parallelism : new int[][] {{1, 1}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {3, 3}}) {
        ways.add(Arguments.of(kind, 128, parallelism[0], parallelism[1], Way.JOINED));
      }
      // Two bytes of key group.
      ways.add(Arguments.of(kind, 300, 2, 3, Way.JOINED));
      ways.add(Arguments.of(kind, 32768, 3, 2, Way.JOINED));
    }
    return ways.stream();
  }

  /** Those of files first: most can go wrong with them. */
  private static List<SnapshotKind> kinds() {
    return Stream.of(SnapshotKind.values())
        .sorted(Comparator.comparing(SnapshotKind::isCanonical))
        .toList();
  }

  @ParameterizedTest(name = "{0}, {1} key groups, {2} -> {3}, {4}")
  @MethodSource("ways")
  void everyEntryComesBackOnce(SnapshotKind kind, int keyGroups, int before, int after, Way way)
      throws Exception {
    List<TaskSnapshot> snapshots = new PeerJob(temporary, kind, keyGroups, false, SEED).run(before);
    List<KeyedStateHandle> handles =
        snapshots.stream().map(s -> s.snapshot().getJobManagerOwnedSnapshot()).toList();
    List<KeyedStateHandle> references = snapshots.stream().map(TaskSnapshot::reference).toList();

    for (int task = 0; task < after; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, after, task);
      RestoringTask restoring =
          new RestoringTask(Files.createDirectory(temporary.resolve("new" + task)), keyGroups)
              .withRescaleSettings(way.settings());
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
