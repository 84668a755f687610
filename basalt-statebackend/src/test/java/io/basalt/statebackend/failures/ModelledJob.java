package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.SnapshotPlace;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.util.IOUtils;

/** A job whose snapshots go through the faulty file system, and what its states must hold. */
final class ModelledJob implements AutoCloseable {

  private static final SnapshotPlace PLACE = new SnapshotPlace(FaultyFileSystem::address, 0);
  static final int MAX_PARALLELISM = 4;
  private static final int KEYS = 50;
  private static final List<String> STATES = List.of("one", "two");

  private final Workspace workspace;
  private final KeyedOperator<Integer> operator;
  private final Map<String, Integer> model;
  private int changes;

  private ModelledJob(
      Workspace workspace, KeyedOperator<Integer> operator, Map<String, Integer> model) {
    this.workspace = workspace;
    this.operator = operator;
    this.model = new HashMap<>(model);
  }

  static ModelledJob start(Workspace workspace, Participant participant) throws Exception {
    return start(workspace, participant, PLACE);
  }

  /** The same, its snapshots going somewhere else. */
  static ModelledJob start(Workspace workspace, Participant participant, SnapshotPlace place)
      throws Exception {
    ModelledJob job =
        new ModelledJob(
            workspace,
            KeyedOperator.start(
                workspace,
                participant,
                IntSerializer.INSTANCE,
                TtlTimeProvider.DEFAULT,
                1,
                MAX_PARALLELISM,
                place),
            Map.of());
    job.change();
    return job;
  }

  static ModelledJob restore(
      Workspace workspace, Participant participant, Snapshot<Map<String, Integer>> snapshot)
      throws Exception {
    return restore(workspace, participant, snapshot, SnapshotPlace.LOCAL);
  }

  /** The same, its own snapshots going somewhere else. */
  static ModelledJob restore(
      Workspace workspace,
      Participant participant,
      Snapshot<Map<String, Integer>> snapshot,
      SnapshotPlace place)
      throws Exception {
    return new ModelledJob(
        workspace,
        KeyedOperator.restore(
            workspace,
            participant,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            snapshot,
            1,
            RecoveryClaimMode.NO_CLAIM,
            place),
        snapshot.contents());
  }

  /** Other values for some keys. */
  void change() throws Exception {
    changes++;
    for (String name : STATES) {
      ValueState<Integer> state = state(name);
      for (int key = changes % 2; key < KEYS; key += 2) {
        subtask().backend().setCurrentKey(key);
        state.update(changes);
        model.put(name + key, changes);
      }
    }
  }

  /** All values are what the model says. */
  void verify() throws Exception {
    Map<String, Integer> found = new HashMap<>();
    for (String name : STATES) {
      ValueState<Integer> state = state(name);
      for (int key = 0; key < KEYS; key++) {
        subtask().backend().setCurrentKey(key);
        Integer value = state.value();
        if (value != null) {
          found.put(name + key, value);
        }
      }
    }
    assertThat(found).isEqualTo(model);
  }

  PendingSnapshot<Map<String, Integer>> trigger(SnapshotKind kind) throws Exception {
    return operator.trigger(kind, new HashMap<>(model));
  }

  Snapshot<Map<String, Integer>> take(SnapshotKind kind) throws Exception {
    return operator.complete(trigger(kind));
  }

  KeyedOperator<Integer> operator() {
    return operator;
  }

  OperatorSubtask<Integer> subtask() {
    return operator.subtasks().get(0);
  }

  /** Files in storage that no completed snapshot of this job refers to. */
  List<Path> filesOfNoSnapshot() throws Exception {
    return workspace.filesOfNoSnapshot(operator);
  }

  private ValueState<Integer> state(String name) throws Exception {
    return subtask()
        .backend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>(name, IntSerializer.INSTANCE));
  }

  /** Ends the task as Flink does, but does not ask yet whether its memory has been given back. */
  void end() {
    IOUtils.closeQuietly(subtask().task().closeables());
    IOUtils.closeQuietly(subtask().backend());
    subtask().backend().dispose();
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
