package io.basalt.statebackend.flink;

import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.Nested;

/** The same suites on stock: the peer that shows which of them cannot apply to either. */
final class FlinkSuitesOnStockTest {

  @Nested
  final class KeyedState extends KeyedStateSuite {
    KeyedState() {
      super(BackendUnderTest.STOCK);
    }
  }

  @Nested
  final class Migration extends MigrationSuite {
    Migration() {
      super(BackendUnderTest.STOCK);
    }
  }

  @Nested
  final class TtlWithIncrementalCheckpoints extends TtlSuite {
    TtlWithIncrementalCheckpoints() {
      super(BackendUnderTest.STOCK, TtlSnapshot.INCREMENTAL_CHECKPOINT);
    }
  }

  @Nested
  final class TtlWithFullCheckpoints extends TtlSuite {
    TtlWithFullCheckpoints() {
      super(BackendUnderTest.STOCK, TtlSnapshot.FULL_CHECKPOINT);
    }
  }

  @Nested
  final class TtlWithCanonicalSavepoints extends TtlSuite {
    TtlWithCanonicalSavepoints() {
      super(BackendUnderTest.STOCK, TtlSnapshot.CANONICAL_SAVEPOINT);
    }
  }

  @Nested
  final class TimersInRocksDb extends TimerQueueSuite {
    TimersInRocksDb() {
      super(BackendUnderTest.STOCK, PriorityQueueStateType.ROCKSDB);
    }
  }

  @Nested
  final class TimersOnHeap extends TimerQueueSuite {
    TimersOnHeap() {
      super(BackendUnderTest.STOCK, PriorityQueueStateType.HEAP);
    }
  }
}
