package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** A state grows until its database is to be opened again, which fails; then the task ends. */
final class FailedReopeningProgram {

  private static final int MOST_ROUNDS = 20;
  private static final int ENTRIES_OF_A_ROUND = 4_000;
  private static final int VALUE_BYTES = 500;

  private FailedReopeningProgram() {}

  /** Opens a database once. */
  public static final class OpensOnce implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger CALLS = new AtomicInteger();

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      if (CALLS.incrementAndGet() > 1) {
        throw new IllegalStateException("opens once");
      }
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      return current;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put(RocksDBOptions.FIX_PER_SLOT_MEMORY_SIZE.key(), "2mb");
    settings.put(RocksDBOptions.OPTIONS_FACTORY.key(), OpensOnce.class.getName());
    settings.put("state.backend.rocksdb.manual-compaction.min-interval", "1 h");
    long seed = Long.parseLong(arguments[0]);
    Random random = new Random(seed);
    try (Workspace workspace = Workspace.opened(seed);
        KeyedOperator<String> operator =
            KeyedOperator.start(
                workspace,
                Participant.BASALT.withSettings(settings),
                StringSerializer.INSTANCE,
                TtlTimeProvider.DEFAULT,
                1,
                16)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map =
          subtask
              .backend()
              .getPartitionedState(
                  VoidNamespace.INSTANCE,
                  VoidNamespaceSerializer.INSTANCE,
                  new MapStateDescriptor<>(
                      "map", IntSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
      subtask.backend().setCurrentKey("key");
      Throwable failure = null;
      for (int round = 0; round < MOST_ROUNDS && failure == null; round++) {
        for (int i = 0; i < ENTRIES_OF_A_ROUND; i++) {
          byte[] value = new byte[VALUE_BYTES];
          random.nextBytes(value);
          map.put(random.nextInt(4 * ENTRIES_OF_A_ROUND * (round + 1)), value);
        }
        try {
          operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, round));
        } catch (Exception e) {
          failure = e;
        }
      }
      System.out.println("failed with " + failure);
      subtask.backend().dispose();
      System.out.println("has ended");
    }
    System.exit(0);
  }
}
