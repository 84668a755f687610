package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.hot.HotCounters;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What gets into RocksDB of timers that are in the tier, and when. */
class TimersInTheTierTest {

  private static final int KEY_GROUPS = 4;
  private static final KeyGroupRange RANGE = new KeyGroupRange(0, KEY_GROUPS - 1);

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

  /** As a window does with each of its records. */
  @Test
  void aTimerThatIsRegisteredAgainAndAgainIsNotWrittenEachTime() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS)
            .create(
                "timers",
                new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    int number = 4_000;
    int rounds = 100;
    for (long round = 0; round < rounds; round++) {
      addUpTo(number, queue);
    }
    Table table = timers.database().find("timers");
    table.handOver();
    // Until it is known that they come again.
    long before = entriesWritten(table);
    assertThat(before).isBetween((long) number, (long) number * rounds / 4);
    addUpTo(number, queue);
    table.handOver();
    assertThat(entriesWritten(table)).isEqualTo(before);
    assertThat(queue.size()).isEqualTo(number);
    assertPolls(number, queue);

    addUpTo(number, queue);
    assertThat(queue.size()).isEqualTo(number);
    for (long key = number - 1L; key > number / 2; key--) {
      TimerHeapInternalTimer<Long, VoidNamespace> timer =
          new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE);
      queue.remove(timer);
      queue.add(timer);
    }
    assertPolls(number, queue);
  }

  /** So many that what waits of each key group is put in order in parts, which are merged. */
  @Test
  void timersThatAreSetInNoOrderFireInOrder() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    // They are kept in the tier.
    for (int round = 0; round < 100; round++) {
      addUpTo(1_000, queue);
    }
    int number = 40_000;
    List<Long> times = new ArrayList<>();
    for (long time = 0; time < number; time++) {
      times.add(time);
    }
    long seed = new Random().nextLong();
    Collections.shuffle(times, new Random(seed));
    for (long time : times) {
      queue.add(new TimerHeapInternalTimer<>(time, time, VoidNamespace.INSTANCE));
      if (time % 3 == 0) {
        queue.add(new TimerHeapInternalTimer<>(number + time, time, VoidNamespace.INSTANCE));
        queue.remove(new TimerHeapInternalTimer<>(number + time, time, VoidNamespace.INSTANCE));
      }
    }
    for (long time = 0; time < number; time++) {
      assertThat(queue.poll().getTimestamp()).as("seed %d", seed).isEqualTo(time);
    }
    assertThat(queue.poll()).isNull();
  }

  /** As of windows that are over before the next checkpoint. */
  @Test
  void timersThatComeAndGoBetweenTwoBarriersAreNeverWritten() throws Exception {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    Table table = timers.database().find("timers");
    // More in each key group than are kept at hand.
    int number = 2_000;
    long before = entriesAfterWarmUp(queue, table);
    for (long window = 0; window < 10; window++) {
      addWindow(number, window, queue);
      pollWindow(number, window, queue);
    }
    table.handOver();
    assertThat(entriesWritten(table)).isEqualTo(before);

    // One that a barrier meets is written, and taken out again.
    addWindow(number, 10, queue);
    timers.hot().close(() -> {}).finish();
    for (long window = 11; window < 20; window++) {
      addWindow(number, window, queue);
      pollWindow(number, window - 1, queue);
    }
    pollWindow(number, 19, queue);
    table.handOver();
    assertThat(entriesWritten(table)).isEqualTo(before + 2L * number);
    assertThat(timers.keys("timers")).isEmpty();
  }

  @Test
  void timersBehindAllThatWereRestoredAreNotWrittenEither() throws Exception {
    int number = 2_000;
    addWindow(number, 1, create("timers"));
    Table table = timers.database().find("timers");
    table.handOver();
    timers.restart();
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    table = timers.database().find("timers");
    long before = entriesAfterWarmUp(queue, table);
    pollWindow(number, 1, queue);
    for (long window = 2; window < 10; window++) {
      addWindow(number, window, queue);
      pollWindow(number, window, queue);
    }
    table.handOver();
    assertThat(entriesWritten(table)).isEqualTo(before + number);
  }

  /** What a restore has found, and what is said again, is one and the same. */
  @Test
  void aRestoredTimerThatIsSetAgainFiresOnce() throws Exception {
    int number = 2_000;
    addWindow(number, 1, create("timers"));
    timers.restart();
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    addWindow(number, 1, queue);
    pollWindow(number, 1, queue);
    assertThat(queue.poll()).isNull();
    timers.restart();
    assertThat(create("timers").isEmpty()).isTrue();
  }

  /** To keep them all would take more than to write them. */
  @Test
  void manyTimersThatAreSetOnceGoPastTheTier() throws Exception {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    int number = 300_000;
    addWindow(number, 1, queue);
    HotCounters counters = timers.hot().tier().tables().get(0).counters();
    assertThat(counters.passedBy()).isGreaterThan(number / 2);
    timers.hot().close(() -> {}).finish();
    pollWindow(number, 1, queue);
    assertThat(queue.poll()).isNull();
    assertThat(timers.keys("timers")).isEmpty();

    // Those that are set again are worth it.
    for (int round = 0; round < 10; round++) {
      addWindow(50_000, 2, queue);
    }
    long passedBy = counters.passedBy();
    addWindow(50_000, 2, queue);
    assertThat(counters.passedBy()).isEqualTo(passedBy);
    pollWindow(50_000, 2, queue);
    assertThat(queue.poll()).isNull();
  }

  /** It would last as long as the storage, or a compaction, keeps the checkpoint from going on. */
  @Test
  @Timeout(30)
  void readingOnDoesNotWaitForACheckpoint() throws Exception {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    int number = 4_000;
    entriesAfterWarmUp(queue, timers.database().find("timers"));
    addWindow(number, 1, queue);
    CountDownLatch fixing = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Thread task = Thread.currentThread();
    AtomicBoolean hasWaited = new AtomicBoolean();
    AtomicReference<List<byte[]>> written = new AtomicReference<>();
    Epoch epoch =
        timers
            .hot()
            .close(
                () -> {
                  fixing.countDown();
                  await(reading);
                  while (over.getCount() > 0 && !hasWaited.get()) {
                    Thread.onSpinWait();
                    hasWaited.set(waitsForAnEpoch(task));
                  }
                  written.set(keysBelow("timers"));
                });
    CompletableFuture<Void> snapshot =
        CompletableFuture.runAsync(
            () -> {
              try {
                epoch.finish();
              } catch (InterruptedException e) {
                throw new CompletionException(e);
              }
            });
    fixing.await();
    reading.countDown();
    addWindow(number, 2, queue);
    for (long key = 0; key < number; key += 2) {
      queue.remove(timer(2, key));
    }
    pollWindow(number, 1, queue);
    for (long key = 1; key < number; key += 2) {
      assertThat(queue.poll()).isEqualTo(timer(2, key));
    }
    assertThat(queue.isEmpty()).isTrue();
    over.countDown();
    assertThat(hasWaited).isFalse();
    snapshot.join();
    assertThat(written.get()).hasSize(number);
    assertThat(timers.keys("timers")).isEmpty();
  }

  private static boolean waitsForAnEpoch(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(Epoch.class.getName()));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private List<byte[]> keysBelow(String name) {
    List<byte[]> keys = new ArrayList<>();
    byte[] behindAll = {-1};
    try (ReadView view = timers.database().viewOfHandedOver();
        Cursor cursor = timers.database().find(name).cursor(new byte[0], behindAll, view)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  private static void addWindow(
      int number,
      long window,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue) {
    for (long key = 0; key < number; key++) {
      queue.add(timer(window, key));
    }
  }

  private static void pollWindow(
      int number,
      long window,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue) {
    for (long key = 0; key < number; key++) {
      assertThat(queue.poll()).isEqualTo(timer(window, key));
    }
  }

  /** Timers that are set again and again, by which the queue learns that they are, and fire. */
  private static long entriesAfterWarmUp(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue,
      Table table) {
    int number = 2_000;
    for (int round = 0; round < 60; round++) {
      addWindow(number, 0, queue);
    }
    pollWindow(number, 0, queue);
    table.handOver();
    return entriesWritten(table);
  }

  /** Deletions are entries, too. */
  private static long entriesWritten(Table table) {
    return table.property("rocksdb.num-entries-active-mem-table");
  }

  private static void addUpTo(
      int number,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue) {
    for (long key = 0; key < number; key++) {
      queue.add(new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE));
    }
  }

  private static void assertPolls(
      int number,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue) {
    for (long key = 0; key < number; key++) {
      assertThat(queue.poll().getTimestamp()).isEqualTo(key);
    }
    assertThat(queue.poll()).isNull();
  }

  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> create(
      String name) {
    return timers
        .queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS)
        .create(
            name, new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  private static TimerHeapInternalTimer<Long, VoidNamespace> timer(long time, long key) {
    return new TimerHeapInternalTimer<>(time, key, VoidNamespace.INSTANCE);
  }
}
