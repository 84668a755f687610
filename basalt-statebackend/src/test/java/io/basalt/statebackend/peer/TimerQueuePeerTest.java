package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues of timers, as the time service uses them. */
final class TimerQueuePeerTest {

  private static final TypeSerializer<String> KEYS = StringSerializer.INSTANCE;

  private static final int KEYS_USED = 3;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private static KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<String, Integer>> queue(
      PeerBackend<String> backend) {
    return backend.keyed().create("timers", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE));
  }

  private static TimerHeapInternalTimer<String, Integer> timer(
      long time, String key, int namespace) {
    return new TimerHeapInternalTimer<>(time, key, namespace);
  }

  private static <T> List<String> sorted(CloseableIterator<T> iterator) throws Exception {
    List<String> all = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(timer -> all.add(timer.toString()));
    }
    all.sort(null);
    return all;
  }

  @Test
  void nothingAndTwice() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          var queue = queue(backend);
          transcript.show("peek", queue::peek);
          transcript.show("poll", queue::poll);
          transcript.show("isEmpty", queue::isEmpty);
          transcript.show("size", queue::size);
          transcript.show("iterator", () -> sorted(queue.iterator()));
          transcript.show("remove absent", () -> queue.remove(timer(1, "a", 0)));
          transcript.run("addAll(null)", () -> queue.addAll(null));
          transcript.run("addAll(empty)", () -> queue.addAll(List.of()));
          transcript.run("add(null)", () -> queue.add(null));
          transcript.run("remove(null)", () -> queue.remove(null));
          transcript.show("add", () -> queue.add(timer(5, "a", 0)));
          transcript.show("add again", () -> queue.add(timer(5, "a", 0)));
          transcript.show("add later", () -> queue.add(timer(6, "a", 0)));
          transcript.show("add later again", () -> queue.add(timer(6, "a", 0)));
          transcript.show("add earlier", () -> queue.add(timer(-4, "a", 0)));
          transcript.show("add for the same time", () -> queue.add(timer(-4, "a", -1)));
          transcript.show("add of another key", () -> queue.add(timer(-4, "b", 0)));
          transcript.show("iterator", () -> sorted(queue.iterator()));
          transcript.show("size", queue::size);
          transcript.show("remove absent", () -> queue.remove(timer(5, "a", 1)));
          transcript.show("remove later", () -> queue.remove(timer(5, "a", 0)));
          transcript.show("remove later again", () -> queue.remove(timer(5, "a", 0)));
          transcript.show("poll", () -> queue.poll().getTimestamp());
          transcript.show("poll", () -> queue.poll().getTimestamp());
          transcript.show("poll", () -> queue.poll().getTimestamp());
          transcript.show("poll", queue::poll);
          transcript.show("poll", queue::poll);
          transcript.show("isEmpty", queue::isEmpty);
          transcript.show("add", () -> queue.add(timer(Long.MIN_VALUE, "a", 0)));
          transcript.show("add", () -> queue.add(timer(Long.MAX_VALUE, "a", 0)));
          transcript.show("poll", queue::poll);
          transcript.show("poll", queue::poll);
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void randomOperations(long seed) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          var queue = queue(backend);
          Random random = new Random(seed);
          for (int step = 0; step < 6_000; step++) {
            // Waves that fill the queue far beyond what is cached, and drain it.
            boolean draining = step / 1_500 % 2 == 1;
            // Keys never share a time: which of two key groups comes first is not stock's contract.
            int key = random.nextInt(KEYS_USED);
            long time = (random.nextInt(800) - 400L) * KEYS_USED + key;
            var timer = timer(time, "k" + key, random.nextInt(2));
            int choice = random.nextInt(10);
            if (choice < (draining ? 2 : 7)) {
              transcript.show("add " + timer, () -> queue.add(timer));
            } else if (choice < 8) {
              transcript.show("remove " + timer, () -> queue.remove(timer));
            } else {
              transcript.show("peek", queue::peek);
              transcript.show("poll", queue::poll);
            }
            if (step == 3_000) {
              backend.checkpoint();
            }
          }
        });
  }
}
