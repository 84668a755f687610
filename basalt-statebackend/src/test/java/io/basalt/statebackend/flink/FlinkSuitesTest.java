package io.basalt.statebackend.flink;

import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.Nested;

/** Flink's published suites on Basalt. */
final class FlinkSuitesTest {

  @Nested
  final class KeyedState extends KeyedStateSuite {
    KeyedState() {
      super(BackendUnderTest.BASALT);
    }
  }

  @Nested
  final class Migration extends MigrationSuite {
    Migration() {
      super(BackendUnderTest.BASALT);
    }
  }

  @Nested
  final class TtlWithIncrementalCheckpoints extends TtlSuite {
    TtlWithIncrementalCheckpoints() {
      super(BackendUnderTest.BASALT, TtlSnapshot.INCREMENTAL_CHECKPOINT);
    }
  }

  @Nested
  final class TtlWithFullCheckpoints extends TtlSuite {
    TtlWithFullCheckpoints() {
      super(BackendUnderTest.BASALT, TtlSnapshot.FULL_CHECKPOINT);
    }
  }

  @Nested
  final class TtlWithCanonicalSavepoints extends TtlSuite {
    TtlWithCanonicalSavepoints() {
      super(BackendUnderTest.BASALT, TtlSnapshot.CANONICAL_SAVEPOINT);
    }
  }

  @Nested
  final class TimersInRocksDb extends TimerQueueSuite {
    TimersInRocksDb() {
      super(BackendUnderTest.BASALT, PriorityQueueStateType.ROCKSDB);
    }
  }

  @Nested
  final class TimersOnHeap extends TimerQueueSuite {
    TimersOnHeap() {
      super(BackendUnderTest.BASALT, PriorityQueueStateType.HEAP);
    }
  }
}
