package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations on a queue in a table and on a sorted set, which must agree at any time. */
class TableTimerQueueRandomTest {

  private static final int STEPS = 3_000;

  @TempDir Path temporary;

  private final Random random = new Random();
  private List<Integer> keys;
  private KeyGroupRange range;
  private int numberOfKeyGroups;
  private int cacheSize;
  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> queue;
  private Model model;

  @ParameterizedTest(name = "cache of {0}, key groups {1} to {2} of {3}")
  @CsvSource({
    "1, 0, 0, 1",
    "1, 0, 2, 128",
    "2, 5, 9, 128",
    "3, 120, 127, 128",
    "128, 0, 127, 128",
    "1, 126, 130, 129",
    "2, 254, 260, 1000",
    "3, 32760, 32767, 32768",
    "128, 0, 999, 1000",
    // All are to be at hand, however many.
    "2147483647, 120, 127, 128"
  })
  void agreesWithASortedSet(int cache, int firstKeyGroup, int lastKeyGroup, int allKeyGroups)
      throws Exception {
    long seed = Long.getLong("basalt.timers.seed", new Random().nextLong());
    System.out.println("Random timers: -Dbasalt.timers.seed=" + seed);
    random.setSeed(seed);
    cacheSize = cache;
    numberOfKeyGroups = allKeyGroups;
    range = new KeyGroupRange(firstKeyGroup, Math.min(lastKeyGroup, allKeyGroups - 1));
    keys = keysInRange(Math.max(8, range.getNumberOfKeyGroups() / 2));
    model = new Model();

    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    try (TimerDatabase timers = TimerDatabase.open(temporary)) {
      reopen(timers);
      for (int step = 0; step < STEPS; step++) {
        if (step % 500 == 499) {
          timers.restart();
          reopen(timers);
        }
        step();
        assertHead();
        if (step % 50 == 0) {
          assertEverythingIsShown();
        }
      }
      while (!model.isEmpty()) {
        poll();
      }
      assertThat(queue.poll()).isNull();
      assertEverythingIsShown();
    }
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  private void reopen(TimerDatabase timers) {
    queue =
        timers
            .queues(PriorityQueueStateType.ROCKSDB, range, numberOfKeyGroups, cacheSize)
            .create(
                "timers", new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE));
  }

  private void step() throws Exception {
    // Phases in which the queue grows, and phases in which it is drained.
    int dice = random.nextInt(100);
    if (dice < 40) {
      add(randomTimer());
    } else if (dice < 45) {
      List<TimerHeapInternalTimer<Integer, String>> many = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        many.add(randomTimer());
      }
      queue.addAll(many);
      model.addAll(many);
    } else if (dice < 55) {
      remove(randomTimer());
    } else if (dice < 70 && !model.isEmpty()) {
      remove(model.any(random));
    } else if (dice < 98) {
      poll();
    } else {
      iterateAndWrite();
    }
  }

  private void add(TimerHeapInternalTimer<Integer, String> timer) {
    byte[] before = model.firstBytes();
    boolean headChanged = queue.add(timer);
    model.add(timer);
    assertThat(headChanged).isEqualTo(!Arrays.equals(before, model.firstBytes()));
  }

  private void remove(TimerHeapInternalTimer<Integer, String> timer) {
    byte[] before = model.firstBytes();
    boolean headChanged = queue.remove(timer);
    model.remove(timer);
    assertThat(headChanged).isEqualTo(!Arrays.equals(before, model.firstBytes()));
  }

  private void poll() {
    assertThat(queue.poll()).isEqualTo(model.pollFirst());
  }

  /** What is written meanwhile, before or behind the place of the iterator, does not disturb it. */
  private void iterateAndWrite() throws Exception {
    Set<TimerHeapInternalTimer<Integer, String>> expected = model.all();
    Set<TimerHeapInternalTimer<Integer, String>> shown = new HashSet<>();
    try (CloseableIterator<TimerHeapInternalTimer<Integer, String>> timers = queue.iterator()) {
      while (timers.hasNext()) {
        assertThat(shown.add(timers.next())).isTrue();
        if (random.nextInt(4) == 0) {
          add(randomTimer());
          poll();
          remove(randomTimer());
        }
      }
    }
    assertThat(shown).isEqualTo(expected);
  }

  private void assertHead() {
    assertThat(queue.peek()).isEqualTo(model.first());
    assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
  }

  private void assertEverythingIsShown() throws Exception {
    Set<TimerHeapInternalTimer<Integer, String>> shown = new HashSet<>();
    try (CloseableIterator<TimerHeapInternalTimer<Integer, String>> timers = queue.iterator()) {
      timers.forEachRemaining(timer -> assertThat(shown.add(timer)).isTrue());
    }
    assertThat(shown).isEqualTo(model.all());
    assertThat(queue.size()).isEqualTo(shown.size());
    Set<TimerHeapInternalTimer<Integer, String>> ofAllKeyGroups = new HashSet<>();
    for (int keyGroup : range) {
      for (TimerHeapInternalTimer<Integer, String> timer : queue.getSubsetForKeyGroup(keyGroup)) {
        assertThat(keyGroupOf(timer.getKey())).isEqualTo(keyGroup);
        ofAllKeyGroups.add(timer);
      }
    }
    assertThat(ofAllKeyGroups).isEqualTo(shown);
  }

  private TimerHeapInternalTimer<Integer, String> randomTimer() {
    long time = random.nextInt(60) - 30L;
    if (random.nextInt(20) == 0) {
      time = random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return new TimerHeapInternalTimer<>(
        time, keys.get(random.nextInt(keys.size())), "w" + random.nextInt(3));
  }

  private List<Integer> keysInRange(int number) {
    List<Integer> found = new ArrayList<>();
    while (found.size() < number) {
      int key = random.nextInt();
      if (range.contains(keyGroupOf(key))) {
        found.add(key);
      }
    }
    return found;
  }

  private int keyGroupOf(Integer key) {
    return KeyGroupRangeAssignment.assignToKeyGroup(key, numberOfKeyGroups);
  }

  /** A set of timers sorted by the bytes that Flink's serializer writes. */
  private static final class Model {

    private final TreeSet<Entry> entries =
        new TreeSet<>(Comparator.comparing(Entry::bytes, Arrays::compareUnsigned));

    @SuppressWarnings("ArrayRecordComponent") // compared by the set's comparator only
    private record Entry(byte[] bytes, TimerHeapInternalTimer<Integer, String> timer) {}

    void add(TimerHeapInternalTimer<Integer, String> timer) {
      entries.add(entry(timer));
    }

    void addAll(List<TimerHeapInternalTimer<Integer, String>> timers) {
      timers.forEach(this::add);
    }

    void remove(TimerHeapInternalTimer<Integer, String> timer) {
      entries.remove(entry(timer));
    }

    boolean isEmpty() {
      return entries.isEmpty();
    }

    TimerHeapInternalTimer<Integer, String> first() {
      return entries.isEmpty() ? null : entries.first().timer();
    }

    byte[] firstBytes() {
      return entries.isEmpty() ? null : entries.first().bytes();
    }

    TimerHeapInternalTimer<Integer, String> pollFirst() {
      Entry first = entries.pollFirst();
      return first == null ? null : first.timer();
    }

    TimerHeapInternalTimer<Integer, String> any(Random random) {
      return entries.stream().skip(random.nextInt(entries.size())).findFirst().get().timer();
    }

    Set<TimerHeapInternalTimer<Integer, String>> all() {
      Set<TimerHeapInternalTimer<Integer, String>> all = new HashSet<>();
      entries.forEach(entry -> all.add(entry.timer()));
      return all;
    }

    private static Entry entry(TimerHeapInternalTimer<Integer, String> timer) {
      DataOutputSerializer bytes = new DataOutputSerializer(32);
      try {
        new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE)
            .serialize(timer, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Entry(bytes.getCopyOfBuffer(), timer);
    }
  }
}
