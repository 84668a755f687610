package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * A factory of the user's may set a prefix extractor. With filters, which Basalt has by default, a
 * search of RocksDB's leaves out what has another prefix; those of a state go on behind it.
 */
class PrefixExtractorTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** Of the key group and the key, as for maps. */
  public static final class FixedPrefixes extends Prefixes {

    private static final long serialVersionUID = 1L;

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return current.useFixedLengthPrefixExtractor(9);
    }
  }

  /** Of a key group alone too. */
  public static final class CappedPrefixes extends Prefixes {

    private static final long serialVersionUID = 1L;

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return current.useCappedPrefixExtractor(9);
    }
  }

  private abstract static class Prefixes implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      return current;
    }
  }

  private static Participant with(Class<?> factory) {
    return Participant.BASALT.withSettings(
        Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), factory.getName()));
  }

  /** Absent keys that count up make the tier look whether there is anything behind them. */
  @ParameterizedTest
  @ValueSource(classes = {FixedPrefixes.class, CappedPrefixes.class})
  void valuesBehindAbsentKeysAreFound(Class<?> factory) throws Exception {
    long first = 20_000;
    long behind = 21_000;
    Snapshot<Long> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, with(factory))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      for (long key = first; key < behind; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key);
      }
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, 0L));
    }
    try (KeyedOperator<Long> operator = restore(workspace, with(factory), snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      for (long key = 0; key < first; key++) {
        subtask.backend().setCurrentKey(key);
        assertThat(value.value()).isNull();
      }
      for (long key = first; key < behind; key++) {
        subtask.backend().setCurrentKey(key);
        assertThat(value.value()).isEqualTo(key);
      }
    }
  }

  /** Large enough to be read in several parts, which begin between two keys. */
  @ParameterizedTest
  @ValueSource(classes = {FixedPrefixes.class, CappedPrefixes.class})
  void canonicalSavepointsAreWhole(Class<?> factory) throws Exception {
    int keys = 48_000;
    ValueStateDescriptor<byte[]> descriptor =
        new ValueStateDescriptor<>("large", BytePrimitiveArraySerializer.INSTANCE);
    Random random = new Random(1);
    Snapshot<Long> snapshot;
    try (KeyedOperator<Long> operator =
        KeyedOperator.start(
            workspace, with(factory), LongSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 4)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<byte[]> value = state(subtask, descriptor);
      for (long key = 0; key < keys; key++) {
        byte[] bytes = new byte[1000];
        random.nextBytes(bytes);
        subtask.backend().setCurrentKey(key);
        value.update(bytes);
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, 0L));
      snapshot = operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, 0L));
    }
    try (KeyedOperator<Long> operator =
        KeyedOperator.restore(
            workspace,
            Participant.STOCK,
            LongSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            snapshot,
            1,
            RecoveryClaimMode.NO_CLAIM)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<byte[]> value = state(subtask, descriptor);
      int missing = 0;
      for (long key = 0; key < keys; key++) {
        subtask.backend().setCurrentKey(key);
        missing += value.value() == null ? 1 : 0;
      }
      assertThat(missing).as("entries that are not in the savepoint").isZero();
    }
  }
}
