package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.hot.HotCounters;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.FailingWrites;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.StoreException;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random operations on a queue whose timers are in the tier, and on a sorted map, with snapshots on
 * other threads: each has exactly the timers that the map had at its barrier.
 */
@Timeout(240)
class TimersInTheTierRandomTest {

  private static final int STEPS = 12_000;
  private static final int KEY_GROUPS = 4;
  private static final KeyGroupRange RANGE = new KeyGroupRange(0, KEY_GROUPS - 1);
  private static final KeyGroupPrefix PREFIX = KeyGroupPrefix.forKeyGroups(KEY_GROUPS);
  private static final TimerSerializer<Integer, String> SERIALIZER =
      new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE);

  @TempDir Path temporary;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final TimerCodec<TimerHeapInternalTimer<Integer, String>> codec =
      new TimerCodec<>("timers", SERIALIZER);
  private final TreeMap<byte[], TimerHeapInternalTimer<Integer, String>> model =
      new TreeMap<>(Arrays::compareUnsigned);
  private final List<Running> running = new ArrayList<>();
  private final Random random = new Random();
  private FailingWrites writes;
  private int cacheSize;
  private int span;
  private long now;
  private int checked;
  private int failures;
  private int many;

  /** So many that it does not pay to keep them in the tier; they are deleted a few at a time. */
  private final Deque<TimerHeapInternalTimer<Integer, String>> setOnce = new ArrayDeque<>();

  private TimerDatabase timers;
  private TimerQueues queues;
  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> queue;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    writes = new FailingWrites();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /**
   * Sizes of no room at all, for a few, for some of them, and for all. First those that meet most
   * mistakes.
   */
  @ParameterizedTest(name = "tier of {0} bytes, cache of {1}, {2} ahead, failing: {3}")
  @CsvSource({
    "4096, 1, 60, false",
    "16384, 3, 300, false",
    "16384, 3, 300, true",
    "16777216, 16, 2000, false",
    "1, 2, 60, false",
    "1, 128, 60, false",
    "4096, 128, 300, false",
    "65536, 16, 2000, false",
    "16777216, 1, 60, false",
    "16777216, 128, 2000, false",
    "262144, 16, 2000, false",
    "262144, 3, 300, true",
    "1, 2, 60, true",
    "65536, 16, 2000, true",
    "16777216, 3, 300, true"
  })
  void aSnapshotHasTheTimersOfItsBarrier(long tierBytes, int cache, int ahead, boolean failing)
      throws Exception {
    long seed = Long.getLong("basalt.timers.seed", new Random().nextLong());
    random.setSeed(seed);
    cacheSize = cache;
    span = ahead;
    // More than are trusted to be set again, unless the tier is large.
    many = (int) Math.min(1_500, 50 + tierBytes / 200);
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    try {
      timers = TimerDatabase.open(temporary, writes, tierBytes);
      reopen();
      for (int step = 0; step < STEPS; step++) {
        if (failing && random.nextInt(3) == 0) {
          writes.begin();
        }
        try {
          step();
          deleteSomeSetOnce();
        } catch (StoreException e) {
          // Has not happened.
          failures++;
        } finally {
          writes.end();
        }
        assertThat(queue.peek()).isEqualTo(first());
        if (step % 2_000 == 1_999) {
          awaitSnapshots();
          timers.restart();
          reopen();
        }
      }
      awaitSnapshots();
      HotCounters counters = timers.hot().tier().tables().get(0).counters();
      assertThat(checked).as("snapshots").isGreaterThan(10);
      assertThat(failures).as("failures").isGreaterThan(failing ? 2 : -1);
      assertThat(counters.evictions()).as("evictions").isGreaterThan(tierBytes > 1 << 20 ? -1 : 50);
      drain();
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.timers.seed=" + seed, e);
    } finally {
      timers.close();
    }
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  private void reopen() {
    queues = timers.queues(PriorityQueueStateType.ROCKSDB, RANGE, KEY_GROUPS, cacheSize);
    queue = queues.create("timers", SERIALIZER, true);
    if (random.nextInt(4) > 0) {
      setAgainAndAgain();
    }
  }

  /** Only then all of them are kept in the tier, if there is room for any. */
  private void setAgainAndAgain() {
    List<TimerHeapInternalTimer<Integer, String>> again = new ArrayList<>();
    // More than are at hand, and behind those.
    for (int number = 0; number < 300 + 4 * cacheSize * KEY_GROUPS; number++) {
      again.add(
          new TimerHeapInternalTimer<>(now + 10L * span + number, random.nextInt(12), "again"));
    }
    again.forEach(this::add);
    for (int added = again.size(); added < 60_000; added += again.size()) {
      // Nothing changes, and the model is not asked each time.
      for (TimerHeapInternalTimer<Integer, String> timer : again) {
        if (queue.add(timer)) {
          throw new AssertionError("The first one has changed with " + timer);
        }
      }
    }
    again.forEach(this::remove);
  }

  /** Those of before leave the tier bit by bit after that, while everything else goes on. */
  private void setOnce() {
    for (int number = 0; number < many; number++) {
      TimerHeapInternalTimer<Integer, String> timer =
          new TimerHeapInternalTimer<>(now + 20L * span + number, random.nextInt(12), "once");
      add(timer);
      setOnce.add(timer);
    }
  }

  private void deleteSomeSetOnce() {
    for (int deleted = 0; deleted < 8 && !setOnce.isEmpty(); deleted++) {
      remove(setOnce.element());
      setOnce.remove();
    }
  }

  private void drain() {
    while (!model.isEmpty()) {
      poll();
    }
    assertThat(queue.poll()).isNull();
    assertThat(timers.keys("timers")).isEmpty();
  }

  private void step() throws Exception {
    // Time goes on: most timers are set behind those that fire.
    int dice = random.nextInt(1_000);
    if (dice < 1) {
      setOnce();
    } else if (dice < 2) {
      setAgainAndAgain();
    } else if (dice < 420) {
      add(randomTimer());
    } else if (dice < 520 && !model.isEmpty()) {
      // As a window does with its next record.
      add(any());
    } else if (dice < 580) {
      remove(randomTimer());
    } else if (dice < 680 && !model.isEmpty()) {
      remove(any());
    } else if (dice < 965) {
      now++;
      poll();
    } else if (dice < 970) {
      assertEverythingIsShown();
    } else if (dice < 972) {
      queue = queues.create("timers", SERIALIZER, true);
    } else if (dice < 990) {
      snapshot();
    } else if (dice < 996) {
      running.forEach(snapshot -> snapshot.begun.countDown());
    } else {
      awaitSnapshots();
    }
  }

  private void add(TimerHeapInternalTimer<Integer, String> timer) {
    TimerHeapInternalTimer<Integer, String> before = first();
    boolean headChanged = queue.add(timer);
    model.put(bytes(timer), timer);
    assertThat(headChanged).isEqualTo(!first().equals(before));
  }

  private void remove(TimerHeapInternalTimer<Integer, String> timer) {
    boolean wasHead = timer.equals(first());
    assertThat(queue.remove(timer)).isEqualTo(wasHead);
    model.remove(bytes(timer));
  }

  private void poll() {
    TimerHeapInternalTimer<Integer, String> polled = queue.poll();
    Map.Entry<byte[], TimerHeapInternalTimer<Integer, String>> expected = model.pollFirstEntry();
    assertThat(polled).isEqualTo(expected == null ? null : expected.getValue());
  }

  private void assertEverythingIsShown() throws Exception {
    Set<TimerHeapInternalTimer<Integer, String>> shown = new HashSet<>();
    try (CloseableIterator<TimerHeapInternalTimer<Integer, String>> all = queue.iterator()) {
      while (all.hasNext()) {
        assertThat(shown.add(all.next())).isTrue();
      }
    }
    assertThat(shown).isEqualTo(new HashSet<>(model.values()));
    assertThat(queue.size()).isEqualTo(shown.size());
  }

  private void snapshot() {
    timers.database().handOverBuffered();
    if (!timers.hot().haveChanges()) {
      assertThat(read()).containsExactlyElementsOf(stored());
      return;
    }
    Running snapshot = new Running(stored(), random.nextInt(4) == 0);
    running.add(snapshot);
    if (random.nextBoolean()) {
      snapshot.begun.countDown();
    }
  }

  private void awaitSnapshots() throws Exception {
    writes.end();
    for (Running snapshot : running) {
      snapshot.await();
    }
    running.clear();
  }

  /** What is in the table, whatever waits above it. Any thread. */
  private List<byte[]> read() {
    Table table = timers.database().find("timers");
    byte[] behindAll = {-1};
    List<byte[]> keys = new ArrayList<>();
    try (ReadView view = timers.database().viewOfHandedOver();
        Cursor cursor = table.cursor(new byte[0], behindAll, view)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  /** The table's keys as the model has them. */
  private Set<byte[]> stored() {
    Set<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    for (TimerHeapInternalTimer<Integer, String> timer : model.values()) {
      int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(timer.getKey(), KEY_GROUPS);
      keys.add(codec.write(PREFIX.bytes(keyGroup), timer));
    }
    return keys;
  }

  private byte[] bytes(TimerHeapInternalTimer<Integer, String> timer) {
    return codec.write(new byte[0], timer);
  }

  private @Nullable TimerHeapInternalTimer<Integer, String> first() {
    return model.isEmpty() ? null : model.firstEntry().getValue();
  }

  private TimerHeapInternalTimer<Integer, String> any() {
    byte[] from = bytes(randomTimer());
    Map.Entry<byte[], TimerHeapInternalTimer<Integer, String>> found = model.ceilingEntry(from);
    return found == null ? model.firstEntry().getValue() : found.getValue();
  }

  private TimerHeapInternalTimer<Integer, String> randomTimer() {
    long time = random.nextInt(20) == 0 ? random.nextInt(span) : now + random.nextInt(span);
    return new TimerHeapInternalTimer<>(time, random.nextInt(12), "w" + random.nextInt(2));
  }

  /** A snapshot whose thread writes what was there at the barrier, if the task does not before. */
  private final class Running {

    final CountDownLatch begun = new CountDownLatch(1);
    private final Set<byte[]> expected;
    private final boolean cancelled;
    private final Epoch epoch;
    private final Future<?> written;
    private volatile @Nullable List<byte[]> fixed;

    Running(Set<byte[]> expected, boolean cancelled) {
      this.expected = expected;
      this.cancelled = cancelled;
      this.epoch = timers.hot().close(() -> fixed = read());
      this.written = threads.submit(this::write);
      if (cancelled) {
        epoch.giveUp();
      }
    }

    private @Nullable Void write() throws IOException, InterruptedException {
      begun.await();
      try {
        epoch.finish();
      } catch (StoreException e) {
        // Whoever needs it next tries again.
      }
      return null;
    }

    void await() throws Exception {
      begun.countDown();
      written.get();
      epoch.finish();
      List<byte[]> found = fixed;
      if (!cancelled) {
        assertThat(found).containsExactlyElementsOf(expected);
        checked++;
      }
    }
  }
}
