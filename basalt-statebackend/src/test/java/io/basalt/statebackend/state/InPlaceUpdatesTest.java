package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * A factory of the user's may have RocksDB overwrite values in memory: it has no snapshots then.
 */
class InPlaceUpdatesTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** As RocksDB demands, with one writer at a time. */
  public static final class InPlaceUpdates implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      return current.setAllowConcurrentMemtableWrite(false);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return current.setInplaceUpdateSupport(true);
    }
  }

  private static final Participant BASALT =
      Participant.BASALT.withSettings(
          Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), InPlaceUpdates.class.getName()));

  @Test
  void aCanonicalSavepointSaysWhyThereIsNoneAndCheckpointsGoOn() throws Exception {
    Snapshot<Long> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      subtask.backend().setCurrentKey(1L);
      value.update(1L);
      assertThatThrownBy(
              () -> operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, 1L)))
          .hasStackTraceContaining("inplace_update_support")
          .hasStackTraceContaining(RocksDBOptions.OPTIONS_FACTORY.key());
      value.update(2L);
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, 2L));
    }
    try (KeyedOperator<Long> operator = restore(workspace, BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, VALUE).value()).isEqualTo(snapshot.contents());
    }
  }
}
