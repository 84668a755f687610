package io.basalt.statebackend.exchange;

import io.basalt.statebackend.exchange.Contents.Alarm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.CloseableIterator;

/** One queue of timers of one subtask. */
final class TimerQueue<K, N> {

  private final String name;
  private final KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<K, N>> queue;
  private final List<N> namespaces;
  private final KeyType<K> keys;

  private TimerQueue(
      String name,
      KeyedStateBackend<K> backend,
      KeyType<K> keys,
      TypeSerializer<N> namespaceSerializer,
      List<N> namespaces) {
    this.name = name;
    this.namespaces = namespaces;
    this.keys = keys;
    this.queue =
        backend.create(name, new TimerSerializer<>(keys.serializer(), namespaceSerializer));
  }

  /** The queues a program uses, registered with the backend. */
  static <K> List<TimerQueue<K, ?>> register(KeyedStateBackend<K> backend, KeyType<K> keys) {
    return List.of(
        new TimerQueue<>(
            "timers", backend, keys, VoidNamespaceSerializer.INSTANCE, ProgramStates.NO_NAMESPACE),
        new TimerQueue<>(
            "timers of windows",
            backend,
            keys,
            new TimeWindow.Serializer(),
            ProgramStates.WINDOWS));
  }

  String name() {
    return name;
  }

  List<N> namespaces() {
    return namespaces;
  }

  void add(Alarm alarm) {
    queue.add(timer(alarm));
  }

  void remove(Alarm alarm) {
    queue.remove(timer(alarm));
  }

  /** Takes every timer out, first one first, and puts all of them back. */
  List<Alarm> drain(ToIntFunction<K> numbers) {
    List<TimerHeapInternalTimer<K, N>> taken = new ArrayList<>();
    while (!queue.isEmpty()) {
      taken.add(queue.poll());
    }
    queue.addAll(taken);
    return alarms(taken, numbers);
  }

  /** Every timer as the queue's iterator shows it, in its order. */
  List<Alarm> iterate(ToIntFunction<K> numbers) throws Exception {
    List<TimerHeapInternalTimer<K, N>> seen = new ArrayList<>();
    try (CloseableIterator<TimerHeapInternalTimer<K, N>> timers = queue.iterator()) {
      timers.forEachRemaining(seen::add);
    }
    return alarms(seen, numbers);
  }

  /** Every timer as the queue shows it by key group. */
  List<Alarm> subsets(Iterable<Integer> keyGroups, ToIntFunction<K> numbers) {
    List<TimerHeapInternalTimer<K, N>> seen = new ArrayList<>();
    keyGroups.forEach(keyGroup -> seen.addAll(queue.getSubsetForKeyGroup(keyGroup)));
    return alarms(seen, numbers);
  }

  int size() {
    return queue.size();
  }

  private List<Alarm> alarms(List<TimerHeapInternalTimer<K, N>> timers, ToIntFunction<K> numbers) {
    return timers.stream()
        .map(
            timer ->
                new Alarm(
                    name,
                    timer.getNamespace(),
                    numbers.applyAsInt(timer.getKey()),
                    timer.getTimestamp()))
        .toList();
  }

  @SuppressWarnings("unchecked") // The namespace of an alarm of this queue is one of namespaces().
  private TimerHeapInternalTimer<K, N> timer(Alarm alarm) {
    return new TimerHeapInternalTimer<>(
        alarm.timestamp(), keys.key(alarm.key()), (N) alarm.namespace());
  }
}
