package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job with more large states than files can be under way at a time. */
class ManyStatesTest {

  private static final int KEY_GROUPS = 8;
  private static final int KEYS = 100;
  private static final int VALUE_LENGTH = 2_000;

  /** That many files may be under way. */
  private static final int MOST_FILES = 64;

  private static final int STATES = MOST_FILES + 8;

  @TempDir Path temporary;
  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void aCanonicalSavepointIsRestoredWithABoundedNumberOfFilesUnderWay() throws Exception {
    KeyGroupsStateHandle savepoint = savepoint();
    LongAccumulator files = new LongAccumulator(Math::max, 0);
    WatchedFile watched =
        new WatchedFile(
            savepoint.getDelegateStateHandle(),
            () ->
                files.accumulate(
                    NativeCount.open().getOrDefault(NativeCount.Kind.FILE_WRITER, 0L)));
    KeyGroupRange all = KeyGroupRange.of(0, KEY_GROUPS - 1);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    RestoredState restored =
        task.restore(
            all, List.of(new KeyGroupsStateHandle(savepoint.getGroupRangeOffsets(), watched)));

    assertThat(files.get()).isEqualTo(MOST_FILES);
    Map<String, Map<String, String>> expected = Contents.ofCanonical(List.of(savepoint), all);
    assertThat(expected).hasSize(STATES).allSatisfy((state, it) -> assertThat(it).hasSize(KEYS));
    // Not compared as a whole, for a message of megabytes.
    Map<String, Map<String, String>> contents = Contents.of(restored);
    assertThat(contents).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (state, entries) -> assertThat(contents.get(state).equals(entries)).as(state).isTrue());
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  private KeyGroupsStateHandle savepoint() throws Exception {
    try (KeyedOperator<Integer> job =
        KeyedOperator.start(
            workspace,
            Participant.BASALT,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            1,
            KEY_GROUPS)) {
      OperatorSubtask<Integer> subtask = job.subtasks().get(0);
      for (int state = 0; state < STATES; state++) {
        ListStateDescriptor<String> list =
            new ListStateDescriptor<>("state " + state, StringSerializer.INSTANCE);
        for (int key = 0; key < KEYS; key++) {
          subtask.backend().setCurrentKey(key);
          subtask
              .backend()
              .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, list)
              .add((state + "/" + key + "/").repeat(VALUE_LENGTH / 6));
        }
      }
      Snapshot<Void> savepoint = job.complete(job.trigger(SnapshotKind.CANONICAL_SAVEPOINT, null));
      return (KeyGroupsStateHandle) savepoint.handles().get(0);
    }
  }
}
