package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same timers in stock's queue and in ours. */
class StockPeerTest {

  private static final TimerSerializer<Long, String> SERIALIZER =
      new TimerSerializer<>(LongSerializer.INSTANCE, StringSerializer.INSTANCE);

  @TempDir Path temporary;
  private MockEnvironment environment;
  private TimerDatabase timers;

  @BeforeEach
  void open() throws Exception {
    timers = TimerDatabase.open(temporary);
    environment = MockEnvironment.builder().build();
  }

  @AfterEach
  void close() throws Exception {
    timers.close();
    environment.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 129, 32768})
  void theBytesAreTheSame(int keyGroups) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("Seed of the timers: " + seed);
    Random random = new Random(seed);
    AbstractKeyedStateBackend<Long> stock = stock(keyGroups);
    try {
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> theirs =
          stock.create("timers", SERIALIZER);
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> ours = ours(keyGroups);
      for (int i = 0; i < 1000; i++) {
        long time = random.nextLong();
        long key = random.nextLong();
        theirs.add(new TimerHeapInternalTimer<>(time, key, "w" + i % 3));
        ours.add(new TimerHeapInternalTimer<>(time, key, "w" + i % 3));
      }
      assertThat(timers.keys("timers")).containsExactlyElementsOf(keys(stock));
      for (int i = 0; i < 500; i++) {
        TimerHeapInternalTimer<Long, String> polled = ours.poll();
        assertThat(polled.getTimestamp()).isEqualTo(theirs.poll().getTimestamp());
      }
    } finally {
      stock.dispose();
    }
  }

  /** Why the order of calls below is a test of ours: stock does not show the early timer. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void onlyOursShowsATimerBeforeTheLastOneTakenOut(int keyGroups) throws Exception {
    AbstractKeyedStateBackend<Long> stock = stock(keyGroups);
    try {
      assertThat(shownAfterTakingOut(ours(keyGroups))).contains(1L).hasSize(101);
      assertThat(shownAfterTakingOut(stock.create("timers", SERIALIZER)))
          .doesNotContain(1L)
          .hasSize(100);
    } finally {
      stock.dispose();
    }
  }

  /** Takes out more than the 128 that either keeps in memory, so that both have read on. */
  private static List<Long> shownAfterTakingOut(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> queue)
      throws Exception {
    for (long time = 1000; time < 1300; time++) {
      queue.add(new TimerHeapInternalTimer<>(time, 7L, ""));
    }
    for (int i = 0; i < 200; i++) {
      queue.poll();
    }
    queue.add(new TimerHeapInternalTimer<>(1L, 7L, ""));
    List<Long> shown = new ArrayList<>();
    try (CloseableIterator<TimerHeapInternalTimer<Long, String>> all = queue.iterator()) {
      all.forEachRemaining(timer -> shown.add(timer.getTimestamp()));
    }
    return shown;
  }

  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> ours(
      int keyGroups) {
    return timers
        .queues(PriorityQueueStateType.ROCKSDB, new KeyGroupRange(0, keyGroups - 1), keyGroups)
        .create("timers", SERIALIZER);
  }

  private AbstractKeyedStateBackend<Long> stock(int keyGroups) throws Exception {
    EmbeddedRocksDBStateBackend stock = new EmbeddedRocksDBStateBackend();
    stock.setDbStoragePath(temporary.resolve("stock").toString());
    return stock.createKeyedStateBackend(
        new KeyedStateBackendParametersImpl<>(
            environment,
            new JobID(),
            "operator",
            LongSerializer.INSTANCE,
            keyGroups,
            new KeyGroupRange(0, keyGroups - 1),
            environment.getTaskKvStateRegistry(),
            TtlTimeProvider.DEFAULT,
            UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup(),
            List.of(),
            new CloseableRegistry()));
  }

  /** All keys of the backend's only state, as its canonical savepoint would write them. */
  private static List<byte[]> keys(AbstractKeyedStateBackend<Long> stock) throws Exception {
    List<byte[]> keys = new ArrayList<>();
    FullSnapshotResources<?> savepoint = stock.savepoint().getSnapshotResources();
    try (KeyValueStateIterator entries = savepoint.createKVStateIterator()) {
      for (; entries.isValid(); entries.next()) {
        keys.add(entries.key());
        assertThat(entries.value()).isEmpty();
      }
    } finally {
      savepoint.release();
    }
    return keys;
  }
}
