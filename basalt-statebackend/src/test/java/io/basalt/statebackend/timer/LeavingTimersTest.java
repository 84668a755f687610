package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.hot.HotCounters;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.ReadView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue whose timers are not set again any more. */
class LeavingTimersTest {

  private static final int KEY_GROUPS = 4;
  private static final KeyGroupRange RANGE = new KeyGroupRange(0, KEY_GROUPS - 1);

  /** Set again and again. */
  private static final int KEPT = 20_000;

  /** More than it takes to find out that those that are set once are not. */
  private static final int SET_ONCE = 160_000;

  @TempDir Path temporary;
  private TimerDatabase timers;
  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue;
  private HotCounters counters;

  @BeforeEach
  void keep() throws IOException {
    timers = TimerDatabase.open(temporary);
    queue = create();
    for (int round = 0; round < 20; round++) {
      add(1, 0, KEPT);
    }
    counters = timers.hot().tier().tables().get(0).counters();
    assertThat(counters.entries()).isGreaterThan(KEPT / 2);
  }

  @AfterEach
  void close() {
    timers.close();
  }

  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> create() {
    return timers
        .queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS)
        .create(
            "timers",
            new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  /** Of millions at once it would be a stall of seconds. */
  @Test
  void timersLeaveTheTierBitByBit() {
    for (long key = 0; key < SET_ONCE; key++) {
      long before = counters.entries();
      add(2, key, 1);
      assertThat(before - counters.entries()).as("gone at once").isLessThan(300);
    }
    assertThat(counters.entries()).as("left").isLessThan(SET_ONCE / 20);
    poll(1, 0, KEPT);
    poll(2, 0, SET_ONCE);
    assertThat(queue.poll()).isNull();
    assertThat(timers.keys("timers")).isEmpty();
  }

  @Test
  void aCheckpointMeanwhileHasAllOfThem() throws Exception {
    int set = setUntilHalfHaveLeft();
    timers.database().handOverBuffered();
    List<byte[]> written = new ArrayList<>();
    Epoch epoch = timers.hot().close(() -> written.addAll(keysBelow()));
    add(2, set, 1_000);
    poll(1, 0, KEPT);
    epoch.finish();
    assertThat(written).hasSize(KEPT + set);
    assertThat(queue.size()).isEqualTo(set + 1_000);
    poll(2, 0, set + 1_000);
    assertThat(timers.keys("timers")).isEmpty();
  }

  @Test
  void aRestoreMeanwhileFindsAllOfThem() throws Exception {
    int set = setUntilHalfHaveLeft();
    poll(1, 0, KEPT / 2);
    timers.database().handOverBuffered();
    timers.hot().close(() -> {}).finish();
    timers.restart();
    queue = create();
    assertThat(queue.size()).isEqualTo(KEPT / 2 + set);
    poll(1, KEPT / 2, KEPT / 2);
    poll(2, 0, set);
    assertThat(queue.poll()).isNull();
  }

  /**
   * Until it is written the table has a timer that has been taken out, and the tier knows; of one
   * that has never been written only the tier knows.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTimerThatIsTakenOutMeanwhileDoesNotFire(boolean isWritten) throws Exception {
    if (isWritten) {
      timers.database().handOverBuffered();
      timers.hot().close(() -> {}).finish();
    }
    int set = setUntilHalfHaveLeft();
    // Behind those that are at hand, and so few that most have not left when the others have fired.
    int atHand = 2 * TimerDatabase.DEFAULT_CACHE_SIZE * KEY_GROUPS;
    int takenOut = 500;
    for (long key = atHand; key < atHand + takenOut; key++) {
      queue.remove(timer(1, key));
    }
    poll(1, 0, atHand);
    poll(1, atHand + takenOut, KEPT - atHand - takenOut);
    poll(2, 0, set);
    assertThat(queue.poll()).isNull();
    assertThat(timers.keys("timers")).isEmpty();
  }

  /** How many have been set once then. */
  private int setUntilHalfHaveLeft() {
    long most = 0;
    int set = 0;
    while (2 * counters.entries() > most) {
      add(2, set, 1);
      set++;
      most = Math.max(most, counters.entries());
    }
    return set;
  }

  private void add(long time, long firstKey, int number) {
    for (long key = firstKey; key < firstKey + number; key++) {
      queue.add(timer(time, key));
    }
  }

  private void poll(long time, long firstKey, int number) {
    for (long key = firstKey; key < firstKey + number; key++) {
      assertThat(queue.poll()).isEqualTo(timer(time, key));
    }
  }

  private List<byte[]> keysBelow() {
    List<byte[]> keys = new ArrayList<>();
    byte[] behindAll = {-1};
    try (ReadView view = timers.database().viewOfHandedOver();
        Cursor cursor = timers.database().find("timers").cursor(new byte[0], behindAll, view)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  private static TimerHeapInternalTimer<Long, VoidNamespace> timer(long time, long key) {
    return new TimerHeapInternalTimer<>(time, key, VoidNamespace.INSTANCE);
  }
}
