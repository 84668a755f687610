package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.restore.FileSpread.Entry;
import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.Test;

/** Two databases that cannot be joined, of which one is to be copied into the other. */
class LargeCopiesTest {

  /** Above files that reach over it, it would all lie in level 0. */
  @Test
  void whatIsLargeIsNotCopiedAboveFilesThatReachOverIt() {
    RescaleSettings settings = new RescaleSettings(0.0, true, true, true, 480);
    KeyGroupRange range = KeyGroupRange.of(0, 127);
    List<RestoreStep> copiedAll =
        List.of(
            new RestoreStep.JoinFiles(List.of(0), KeyGroupRange.of(0, 79)),
            new RestoreStep.JoinFiles(List.of(1), KeyGroupRange.of(80, 127)),
            new RestoreStep.CreateDatabase(),
            new RestoreStep.CopyEntries(0, KeyGroupRange.of(0, 79)),
            new RestoreStep.CopyEntries(1, KeyGroupRange.of(80, 127)));

    assertThat(RestorePlan.of(twoThatReachOver(2_000, 528), range, settings).steps())
        .containsExactlyElementsOf(copiedAll);
    List<RestoreStep> above =
        List.of(
            new RestoreStep.OpenDatabase(0),
            new RestoreStep.CopyEntries(1, KeyGroupRange.of(80, 127)));
    assertThat(RestorePlan.of(twoThatReachOver(2_000, 480), range, settings).steps())
        .containsAll(above);
    // A base that is many times larger is not copied for what lies beside it.
    assertThat(RestorePlan.of(twoThatReachOver(20_000, 528), range, settings).steps())
        .containsAll(above);
  }

  private static List<HandleDescription> twoThatReachOver(long baseBytes, long bytes) {
    FileSpread left =
        new FileSpread(List.of(file("a", 0, 79, 1, baseBytes), file("b", 32, 95, 2, 0)));
    FileSpread right = new FileSpread(List.of(file("c", 80, 127, 1, bytes)));
    return List.of(
        new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 79), true, left),
        new HandleDescription(1, Kind.REMOTE_FILES, KeyGroupRange.of(80, 127), true, right));
  }

  private static Entry file(String content, int first, int last, long epoch, long bytes) {
    return new Entry("table", KeyGroupRange.of(first, last), 0, epoch, bytes, content);
  }
}
