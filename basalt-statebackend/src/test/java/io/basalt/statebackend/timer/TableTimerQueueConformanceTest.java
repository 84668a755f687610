package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.runtime.state.InternalPriorityQueue;
import org.apache.flink.runtime.state.InternalPriorityQueueTestBase;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Flink's suite for queues, with the default cache. */
class TableTimerQueueConformanceTest extends InternalPriorityQueueTestBase {

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private TimerDatabase timers;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    timers = TimerDatabase.open(temporary);
  }

  @AfterEach
  void nothingIsLeftOpen() {
    timers.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  /** How many elements of a key group are kept in memory. */
  int cacheSize() {
    return TimerDatabase.DEFAULT_CACHE_SIZE;
  }

  @Override
  protected InternalPriorityQueue<TestElement> newPriorityQueue(int initialCapacity) {
    return timers
        .queues(
            PriorityQueueStateType.ROCKSDB,
            KEY_GROUP_RANGE,
            KEY_GROUP_RANGE.getNumberOfKeyGroups(),
            cacheSize())
        .create("queue", TestElementSerializer.INSTANCE);
  }

  @Override
  protected boolean testSetSemanticsAgainstDuplicateElements() {
    return true;
  }
}
