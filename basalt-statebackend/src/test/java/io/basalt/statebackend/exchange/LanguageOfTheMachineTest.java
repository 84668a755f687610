package io.basalt.statebackend.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.Locale;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine whose language has digits of its own, or other capitals. */
class LanguageOfTheMachineTest {

  private static final int KEYS = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Locale before = Locale.getDefault();

  @AfterEach
  void speakAsBefore() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR-u-nu-arabext", "tr-TR"})
  void mapsAreCreatedAndRescaled(String language) throws Exception {
    Locale.setDefault(Locale.forLanguageTag(language));
    Snapshot<String> one;
    try (KeyedOperator<Integer> operator =
        KeyedOperator.start(
            workspace, Participant.BASALT, IntSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 8)) {
      OperatorSubtask<Integer> subtask = operator.subtasks().get(0);
      MapState<Integer, Integer> map = map(subtask);
      for (int key = 0; key < KEYS; key++) {
        subtask.backend().setCurrentKey(key);
        map.put(key, 2 * key);
      }
      one = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, ""));
    }
    Snapshot<String> two = rescaled(one, 2);
    rescaled(two, 1);
  }

  private Snapshot<String> rescaled(Snapshot<String> snapshot, int parallelism) throws Exception {
    try (KeyedOperator<Integer> operator =
        KeyedOperator.restore(
            workspace,
            Participant.BASALT,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            snapshot,
            parallelism,
            RecoveryClaimMode.NO_CLAIM)) {
      for (OperatorSubtask<Integer> subtask : operator.subtasks()) {
        MapState<Integer, Integer> map = map(subtask);
        for (int key = 0; key < KEYS; key++) {
          if (subtask.owns(key)) {
            subtask.backend().setCurrentKey(key);
            assertThat(map.get(key)).isEqualTo(2 * key);
          }
        }
      }
      return operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, ""));
    }
  }

  private static MapState<Integer, Integer> map(OperatorSubtask<Integer> subtask) throws Exception {
    return subtask
        .backend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>("map", IntSerializer.INSTANCE, IntSerializer.INSTANCE));
  }
}
