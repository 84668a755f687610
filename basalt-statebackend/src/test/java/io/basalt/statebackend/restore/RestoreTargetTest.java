package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.Database;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTargetTest {

  @TempDir Path temporary;

  @Test
  void aNameMeansOneThing() throws Exception {
    RestoringTask task = new RestoringTask(temporary, 128);
    RestoredState empty = task.restore(KeyGroupRange.of(0, 127), List.of());
    try (Database database = empty.database()) {
      RestoreTarget target = new RestoreTarget(database, List.of());
      target.tableOf(state("visits", StateDescriptor.Type.VALUE));

      assertThat(target.tableOf(state("visits", StateDescriptor.Type.VALUE)))
          .isSameAs(database.find("visits"));
      assertThatThrownBy(() -> target.tableOf(state("visits", StateDescriptor.Type.MAP)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'visits' (KEY_VALUE, VALUE) in one")
          .hasMessageContaining("'visits' (KEY_VALUE, MAP) in another");
      assertThatThrownBy(() -> target.tableOf(timers("visits")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'visits' (PRIORITY_QUEUE");
      assertThat(target.catalog().all()).hasSize(1);
    }
  }

  @Test
  void entriesOfTwoFormatsDoNotMeetInOneTable() throws Exception {
    RestoringTask task = new RestoringTask(temporary, 128);
    RestoredState empty = task.restore(KeyGroupRange.of(0, 127), List.of());
    try (Database database = empty.database()) {
      RestoreTarget target = new RestoreTarget(database, List.of());
      target.tableOf(state("visits", new TestType.V1TestTypeSerializer()));
      target.tableOf(state("visits", new TestType.ReconfigurationRequiringTestTypeSerializer()));

      assertThatThrownBy(() -> target.tableOf(state("visits", new TestType.V2TestTypeSerializer())))
          .isInstanceOf(StateMigrationException.class)
          .hasMessageContaining("'visits' (KEY_VALUE, VALUE)")
          .hasMessageContaining("Restore at the parallelism of the snapshot");
    }
  }

  private static StateMetaInfoSnapshot state(String name, TypeSerializer<TestType> serializer) {
    return new RegisteredKeyValueStateBackendMetaInfo<>(
            StateDescriptor.Type.VALUE, name, VoidNamespaceSerializer.INSTANCE, serializer)
        .snapshot();
  }

  private static StateMetaInfoSnapshot state(String name, StateDescriptor.Type type) {
    return new RegisteredKeyValueStateBackendMetaInfo<>(
            type, name, VoidNamespaceSerializer.INSTANCE, IntSerializer.INSTANCE)
        .snapshot();
  }

  private static StateMetaInfoSnapshot timers(String name) {
    return new RegisteredPriorityQueueStateBackendMetaInfo<>(name, IntSerializer.INSTANCE)
        .snapshot();
  }
}
