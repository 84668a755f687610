package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.FailingWrites;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/** An operation that throws has not happened: user code may catch it and go on. */
class TimerFailureTest {

  private static final int CACHE_SIZE = 2;

  /** More changes than wait for a key group. */
  private static final int MANY = 3_000;

  @TempDir Path temporary;
  private FailingWrites writes;
  private Map<NativeCount.Kind, Long> openBefore;
  private TimerDatabase timers;
  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue;

  @BeforeEach
  void open() throws IOException {
    NativeLibrary.load(temporary);
    writes = new FailingWrites();
    openBefore = NativeCount.open();
    // More of those in the tier are in TimersInTheTierRandomTest.
    timers = TimerDatabase.open(temporary, writes, 0);
    queue = create();
  }

  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> create() {
    return timers
        .queues(PriorityQueueStateType.ROCKSDB, KeyGroupRange.of(0, 0), 1, CACHE_SIZE)
        .create(
            "timers",
            new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  @AfterEach
  void nothingIsLeftOpen() {
    timers.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aTimerThatCouldNotBeTakenOutIsStillThereAndSoAreThoseBehindIt() {
    for (int time = 0; time < 10; time++) {
      queue.add(timer(time));
    }
    assertThat(queue.poll()).isEqualTo(timer(0));
    timers.database().handOverBuffered();
    writes.begin();
    int accepted = 10;
    try {
      for (; accepted < MANY; accepted++) {
        queue.add(timer(accepted));
      }
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("timers");
    }
    assertThat(accepted).isBetween(11, MANY - 1);

    // The next one is the last that is cached: those behind it are read before it fails.
    assertThatThrownBy(() -> queue.poll()).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> queue.remove(timer(1))).isInstanceOf(StoreException.class);
    writes.end();

    queue.add(timer(0));
    assertThat(polled()).isEqualTo(times(0, accepted));
  }

  @Test
  void aTimerThatCouldNotBeAddedIsNotThere() {
    List<Long> accepted = new ArrayList<>();
    writes.begin();
    // The last is the first to fire, so that all go through the cache.
    for (long time = MANY; time > 0; time--) {
      try {
        queue.add(timer(time));
        accepted.add(0, time);
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("timers");
      }
    }
    writes.end();

    assertThat(accepted).hasSizeBetween(1, MANY - 1);
    assertThat(timers.keys("timers")).hasSameSizeAs(accepted);
    assertThat(polled()).isEqualTo(accepted);
    assertThat(timers.keys("timers")).isEmpty();
  }

  /** Which has to write others down before. */
  @Test
  void aTimerThatTheTierHasNoRoomForIsNotThere() throws IOException {
    timers.close();
    timers = TimerDatabase.open(Files.createDirectory(temporary.resolve("tier")), writes, 64 << 10);
    queue = create();
    int again = 200;
    // Only then they are kept in the tier.
    for (int round = 0; round < 300; round++) {
      for (long time = 0; time < again; time++) {
        queue.add(timer(time));
      }
    }
    List<Long> accepted = times(0, again);
    writes.begin();
    for (long time = again; time < MANY; time++) {
      try {
        queue.add(timer(time));
        accepted.add(time);
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("timers");
      }
    }
    writes.end();

    assertThat(accepted).hasSizeBetween(again + 1, MANY - 1);
    assertThat(polled()).isEqualTo(accepted);
  }

  private List<Long> polled() {
    List<Long> polled = new ArrayList<>();
    for (var timer = queue.poll(); timer != null; timer = queue.poll()) {
      polled.add(timer.getTimestamp());
    }
    return polled;
  }

  private static List<Long> times(long first, long end) {
    List<Long> times = new ArrayList<>();
    for (long time = first; time < end; time++) {
      times.add(time);
    }
    return times;
  }

  private static TimerHeapInternalTimer<Long, VoidNamespace> timer(long time) {
    return new TimerHeapInternalTimer<>(time, 1L, VoidNamespace.INSTANCE);
  }
}
