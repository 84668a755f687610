package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gets into RocksDB of timers that are not in the tier. */
class BufferedTimersTest {

  private static final int KEY_GROUPS = 4;
  private static final KeyGroupRange RANGE = new KeyGroupRange(0, KEY_GROUPS - 1);

  @TempDir Path temporary;
  private TimerDatabase timers;
  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue;
  private Table table;

  @BeforeEach
  void open() throws IOException {
    timers = TimerDatabase.open(temporary, null, 0);
    queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS)
            .create(
                "timers",
                new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    table = timers.database().find("timers");
  }

  @AfterEach
  void close() {
    timers.close();
  }

  /** More than are at hand, so that they are read on. */
  @Test
  void timersThatFireSoonAreNeverWritten() {
    int ahead = 2_000;
    for (long time = 0; time < 20_000; time++) {
      queue.add(timer(time));
      if (time >= ahead) {
        assertThat(queue.poll()).isEqualTo(timer(time - ahead));
      }
    }
    assertThat(entriesWritten()).isZero();
    assertThat(queue.size()).isEqualTo(ahead);
    assertThat(entriesWritten()).isEqualTo(ahead);
  }

  /** So that they are few, and a barrier need not wait long for them. */
  @Test
  void ofManyThatAreSetMostAreWritten() {
    int number = 50_000;
    for (long time = 0; time < number; time++) {
      queue.add(timer(time));
    }
    assertThat(entriesWritten()).isGreaterThan(number - 20_000);
    timers.database().handOverBuffered();
    assertThat(entriesWritten()).isEqualTo(number);
  }

  /** The table has it all the time, and nobody has looked there since the others had fired. */
  @Test
  void aTimerThatIsDeletedAndSetAgainBehindAllFiresOnce() throws IOException {
    timers.restart();
    queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, KeyGroupRange.of(0, 0), 1, 2)
            .create(
                "timers",
                new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    for (long time : new long[] {0, 1, 2, 3, 10}) {
      queue.add(timer(time));
    }
    timers.database().handOverBuffered();
    queue.remove(timer(10));
    assertPolls(0, 4);
    for (long time : new long[] {4, 5, 6, 7, 10}) {
      queue.add(timer(time));
    }
    assertPolls(4, 8);
    assertThat(queue.poll()).isEqualTo(timer(10));
    timers.database().handOverBuffered();
    assertThat(timers.keys("timers")).isEmpty();
  }

  private void assertPolls(long first, long end) {
    for (long time = first; time < end; time++) {
      assertThat(queue.poll()).isEqualTo(timer(time));
    }
  }

  private long entriesWritten() {
    return table.property("rocksdb.num-entries-active-mem-table");
  }

  private static TimerHeapInternalTimer<Long, VoidNamespace> timer(long time) {
    return new TimerHeapInternalTimer<>(time, time, VoidNamespace.INSTANCE);
  }
}
