package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTimerQueueTest {

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

  @Test
  void aTimerIsOneKeyWithoutAValue() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, new KeyGroupRange(0, 999), 1000)
            .create(
                "timers",
                new TimerSerializer<>(LongSerializer.INSTANCE, StringSerializer.INSTANCE));
    queue.add(new TimerHeapInternalTimer<>(-2, 7L, "w"));

    int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(7L, 1000);
    byte[] key = {
      (byte) (keyGroup >> 8),
      (byte) keyGroup, // key group
      0x7F,
      -1,
      -1,
      -1,
      -1,
      -1,
      -1,
      -2, // timestamp
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      7, // key
      2,
      'w' // namespace
    };
    assertThat(timers.keys("timers")).containsExactly(key);
    assertThat(timers.database().find("timers").get(key)).isEmpty();
  }

  @Test
  void timersBeforeTheLastOneTakenOutAreShown() throws Exception {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    for (int i = 0; i < 1000; i++) {
      queue.add(timer(1_000 + i, 1));
    }
    for (int i = 0; i < 500; i++) {
      queue.poll();
    }
    queue.add(timer(1, 1));

    assertThat(queue.size()).isEqualTo(501);
    assertThat(shown(queue)).hasSize(501).contains(timer(1, 1));
    assertThat(queue.getSubsetForKeyGroup(KeyGroupRangeAssignment.assignToKeyGroup(1L, KEY_GROUPS)))
        .hasSize(501)
        .contains(timer(1, 1));
    assertThat(queue.peek()).isEqualTo(timer(1, 1));
  }

  @Test
  void aTimerOfALargeKeyDoesNotHideThoseBehindIt() {
    List<TimerHeapInternalTimer<String, VoidNamespace>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      // One that is longer than all that is kept at hand, and a few short ones.
      all.add(
          new TimerHeapInternalTimer<>(
              i, i % 4 == 1 ? "k".repeat(1 << 17) : "k", VoidNamespace.INSTANCE));
    }
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<String, VoidNamespace>> queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, new KeyGroupRange(0, 0), 1)
            .create(
                "timers",
                new TimerSerializer<>(StringSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    queue.addAll(all);

    List<TimerHeapInternalTimer<String, VoidNamespace>> polled = new ArrayList<>();
    while (!queue.isEmpty()) {
      polled.add(queue.poll());
    }
    assertThat(polled).isEqualTo(all);
  }

  @Test
  void anIteratorShowsTheMomentItWasMadeIn() throws Exception {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    for (int i = 0; i < 300; i++) {
      queue.add(timer(i, i));
    }
    List<TimerHeapInternalTimer<Long, VoidNamespace>> shown = new ArrayList<>();
    try (CloseableIterator<TimerHeapInternalTimer<Long, VoidNamespace>> all = queue.iterator()) {
      while (all.hasNext()) {
        TimerHeapInternalTimer<Long, VoidNamespace> timer = all.next();
        shown.add(timer);
        queue.remove(timer);
        queue.add(timer(timer.getTimestamp() + 1_000, timer.getKey()));
      }
      assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
    }
    assertThat(shown).hasSize(300).doesNotHaveDuplicates();
    assertThat(shown(queue)).allMatch(timer -> timer.getTimestamp() >= 1_000).hasSize(300);
  }

  @Test
  void anIteratorLeftOpenGoesWithTheDatabase() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        create("timers");
    queue.add(timer(1, 1));
    assertThat(queue.iterator().hasNext()).isTrue();
  }

  @Test
  void elementsAreTheirBytes() {
    KeyGroupedInternalPriorityQueue<MutableElement> queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS)
            .create("timers", new MutableElement.Serializer(0));
    MutableElement element = new MutableElement(5, 1);

    // No equals, yet one and the same; and the head has changed.
    assertThat(queue.add(element)).isTrue();
    assertThat(queue.add(new MutableElement(5, 1))).isFalse();
    assertThat(queue.size()).isEqualTo(1);

    // What the caller does to its object afterwards does not reach the queue.
    element.time = 1;
    assertThat(queue.peek().time).isEqualTo(5);
    assertThat(queue.add(element)).isTrue();
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.remove(new MutableElement(1, 1))).isTrue();
    assertThat(queue.remove(new MutableElement(5, 1))).isTrue();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void queuesAreApart() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> one =
        create("one");
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> other =
        create("other");
    one.add(timer(1, 1));
    other.add(timer(2, 1));

    assertThat(one.poll()).isEqualTo(timer(1, 1));
    assertThat(one.poll()).isNull();
    assertThat(other.poll()).isEqualTo(timer(2, 1));
  }

  @Test
  void aKeyOfAnotherSubtaskIsRefused() {
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, new KeyGroupRange(1, 1), 2)
            .create(
                "timers",
                new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    long foreign = 0;
    while (KeyGroupRangeAssignment.assignToKeyGroup(foreign, 2) == 1) {
      foreign++;
    }
    TimerHeapInternalTimer<Long, VoidNamespace> timer = timer(1, foreign);

    assertThatThrownBy(() -> queue.add(timer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'timers'")
        .hasMessageContaining("Key group 0");
    assertThatThrownBy(() -> queue.getSubsetForKeyGroup(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCacheMustHoldTheHead() {
    assertThatThrownBy(() -> timers.queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state.backend.rocksdb.timer-service.cache-size");
  }

  @Test
  void bytesThatAreNoTimerNameTheQueue() throws Exception {
    create("timers").add(timer(1, 1));
    Table table = timers.database().find("timers");
    byte[] damaged = {0, 1, 2};
    table.put(damaged, new byte[0]);
    timers.restart();

    assertThatThrownBy(() -> shown(create("timers")))
        .hasMessageContaining("'timers'")
        .hasRootCauseInstanceOf(IOException.class);
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

  private static <T> List<T> shown(KeyGroupedInternalPriorityQueue<T> queue) throws Exception {
    List<T> shown = new ArrayList<>();
    try (CloseableIterator<T> all = queue.iterator()) {
      all.forEachRemaining(shown::add);
    }
    return shown;
  }
}
