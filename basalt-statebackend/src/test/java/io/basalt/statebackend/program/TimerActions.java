package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.metrics.HotMetrics;
import io.basalt.statebackend.program.Model.Alarm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;

/** Two queues of timers: those of a key alone, and those of windows. */
final class TimerActions {

  private static final String PLAIN = "timers";
  private static final String OF_NAMESPACES = "timers of namespaces";
  private static final int NAMESPACES = 3;

  /** Of so many steps one sets timers again. */
  private static final int STEPS_WITHOUT = 12;

  private static final int MOST_MORE = 100;

  /** Enough for one timer that is watched to have the queue keep all of them. */
  private static final int TIMES_AGAIN = 600;

  /** So many that are not all among those of which each queue always keeps a few. */
  private static final int SOME = 3;

  private final Execution execution;
  private final Domain<Object> none = StateDefinition.untyped(Domains.none());
  private final Map<
          OperatorSubtask<Object>,
          Map<String, KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>>>>
      queues = new HashMap<>();

  TimerActions(Execution execution) {
    this.execution = execution;
  }

  void act(Random random) throws Exception {
    Definition definition = execution.definition();
    if (!definition.hasTimers()) {
      return;
    }
    String name = random.nextBoolean() ? PLAIN : OF_NAMESPACES;
    int key = random.nextInt(definition.numberOfKeys());
    int namespace = name.equals(PLAIN) ? 0 : random.nextInt(namespaces());
    OperatorSubtask<Object> subtask = execution.ownerOf(key);
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue =
        queue(subtask, name);
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> add(queue, subtask, new Alarm(name, namespace, key, time(random)));
      case 4 -> remove(queue, subtask, name, random);
      case 5 -> assertHead(queue, subtask, name);
      default -> fire(queue, subtask, name, random);
    }
  }

  /**
   * Now and then sets a few more and then all of a queue again and again, so that it keeps them.
   */
  void setAgain(Random random) {
    Definition definition = execution.definition();
    if (!definition.hasTimers() || random.nextInt(STEPS_WITHOUT) > 0) {
      return;
    }
    String name = random.nextBoolean() ? PLAIN : OF_NAMESPACES;
    OperatorSubtask<Object> subtask = execution.ownerOf(random.nextInt(definition.numberOfKeys()));
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue =
        queue(subtask, name);
    for (int more = random.nextInt(MOST_MORE); more > 0; more--) {
      int key = random.nextInt(definition.numberOfKeys());
      int namespace = name.equals(PLAIN) ? 0 : random.nextInt(namespaces());
      if (execution.ownerOf(key) == subtask) {
        add(queue, subtask, new Alarm(name, namespace, key, time(random)));
      }
    }
    execution.journal().add("set all of " + name + " of " + subtask.range() + " again and again");
    List<TimerHeapInternalTimer<Object, Object>> all = of(subtask, name).map(this::timer).toList();
    Figures figures = subtask.task().figures();
    long hits = 0;
    long passedBy = 0;
    for (int time = 0; time < TIMES_AGAIN; time++) {
      hits = figures.sum(HotMetrics.HITS);
      passedBy = figures.sum(HotMetrics.PASSED_BY);
      all.forEach(queue::add);
    }
    if (figures.sum(HotMetrics.HITS) - hits >= SOME
        && figures.sum(HotMetrics.PASSED_BY) == passedBy) {
      execution.coverage().count(Coverage.Event.TIMERS_ALL_IN_THE_TIER);
    }
  }

  /** Makes the queues of all subtasks; otherwise each is made when it is used. */
  void register() {
    if (execution.definition().hasTimers()) {
      for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
        queue(subtask, PLAIN);
        queue(subtask, OF_NAMESPACES);
      }
    }
  }

  /** A narrow range, so that several share their time; both ends of the line now and then. */
  private static long time(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> -1 - random.nextInt(3);
      default -> random.nextInt(60);
    };
  }

  private void add(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue,
      OperatorSubtask<Object> subtask,
      Alarm alarm) {
    execution.journal().add("add " + alarm);
    OptionalLong first = first(subtask, alarm.queue());
    boolean isNewHead = queue.add(timer(alarm));
    execution.model().alarms().add(alarm);
    if (first.isEmpty() || alarm.time() < first.getAsLong()) {
      assertThat(isNewHead).as("%s is the new head of its queue", alarm).isTrue();
    }
  }

  private void remove(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue,
      OperatorSubtask<Object> subtask,
      String name,
      Random random) {
    List<Alarm> alarms = of(subtask, name).sorted(Comparator.comparing(Alarm::toString)).toList();
    // One that was never set, now and then.
    Alarm alarm =
        alarms.isEmpty() || random.nextInt(8) == 0
            ? alarms.isEmpty() ? null : new Alarm(name, 0, alarms.get(0).key(), 1_000_000)
            : alarms.get(random.nextInt(alarms.size()));
    if (alarm == null) {
      return;
    }
    execution.journal().add("remove " + alarm);
    queue.remove(timer(alarm));
    execution.model().alarms().remove(alarm);
  }

  private void assertHead(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue,
      OperatorSubtask<Object> subtask,
      String name) {
    execution.journal().add("peek at " + name + " of " + subtask.range());
    OptionalLong first = first(subtask, name);
    assertThat(queue.isEmpty()).as("%s empty", name).isEqualTo(first.isEmpty());
    TimerHeapInternalTimer<Object, Object> head = queue.peek();
    if (first.isEmpty()) {
      assertThat(head).as("head of %s", name).isNull();
    } else {
      assertThat(head).as("head of %s", name).isNotNull();
      assertThat(head.getTimestamp()).as("head of %s", name).isEqualTo(first.getAsLong());
    }
  }

  private void fire(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue,
      OperatorSubtask<Object> subtask,
      String name,
      Random random) {
    long until = time(random);
    execution.journal().add("fire " + name + " of " + subtask.range() + " until " + until);
    for (int most = random.nextInt(8); most >= 0; most--) {
      TimerHeapInternalTimer<Object, Object> head = queue.peek();
      if (head == null || head.getTimestamp() > until) {
        assertHead(queue, subtask, name);
        return;
      }
      assertHead(queue, subtask, name);
      Alarm fired = alarm(name, queue.poll());
      execution.coverage().count(Coverage.Event.TIMER_FIRED);
      assertThat(execution.model().alarms().remove(fired)).as("%s was set", fired).isTrue();
      assertThat(fired.time()).isEqualTo(head.getTimestamp());
    }
  }

  /** Takes all of them out in their order, puts them back, and looks at them in every way. */
  void checkAll() throws Exception {
    if (!execution.definition().hasTimers()) {
      return;
    }
    for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
      for (String name : List.of(PLAIN, OF_NAMESPACES)) {
        KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue =
            queue(subtask, name);
        List<Alarm> expected = of(subtask, name).toList();
        if (execution.isOnBasalt()) {
          assertShown(queue, subtask, name, expected);
        }
        List<TimerHeapInternalTimer<Object, Object>> taken = new ArrayList<>();
        while (!queue.isEmpty()) {
          taken.add(queue.poll());
        }
        assertThat(taken)
            .as("order of %s", name)
            .isSortedAccordingTo(Comparator.comparingLong(TimerHeapInternalTimer::getTimestamp));
        assertThat(taken.stream().map(timer -> alarm(name, timer)).toList())
            .as("%s of %s", name, subtask.range())
            .containsExactlyInAnyOrderElementsOf(expected);
        queue.addAll(taken);
      }
    }
  }

  /** Stock's queues may not show all: see docs/compatibility.md. */
  private void assertShown(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue,
      OperatorSubtask<Object> subtask,
      String name,
      List<Alarm> expected)
      throws Exception {
    List<Alarm> shown = new ArrayList<>();
    try (CloseableIterator<TimerHeapInternalTimer<Object, Object>> timers = queue.iterator()) {
      timers.forEachRemaining(timer -> shown.add(alarm(name, timer)));
    }
    assertThat(shown).as("iterated %s", name).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(queue.size()).as("size of %s", name).isEqualTo(expected.size());
    Set<Integer> keyGroups = new HashSet<>();
    expected.forEach(alarm -> keyGroups.add(execution.keyGroup(alarm.key())));
    keyGroups.add(subtask.range().getStartKeyGroup());
    List<Alarm> byKeyGroup = new ArrayList<>();
    for (int keyGroup : keyGroups) {
      queue.getSubsetForKeyGroup(keyGroup).forEach(timer -> byKeyGroup.add(alarm(name, timer)));
    }
    assertThat(byKeyGroup)
        .as("%s by key group", name)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** The queues end with their backend. */
  void abandon() {
    queues.clear();
  }

  private KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>> queue(
      OperatorSubtask<Object> subtask, String name) {
    return queues
        .computeIfAbsent(subtask, it -> new HashMap<>())
        .computeIfAbsent(
            name,
            it ->
                subtask
                    .backend()
                    .create(
                        name,
                        new TimerSerializer<>(
                            execution.definition().keys().serializer(),
                            namespaceDomain(name).serializer())));
  }

  private Domain<Object> namespaceDomain(String name) {
    return name.equals(PLAIN) ? none : execution.definition().timerNamespaces();
  }

  private Stream<Alarm> of(OperatorSubtask<Object> subtask, String name) {
    return execution.model().alarms().stream()
        .filter(alarm -> alarm.queue().equals(name) && execution.ownerOf(alarm.key()) == subtask);
  }

  private OptionalLong first(OperatorSubtask<Object> subtask, String name) {
    return of(subtask, name).mapToLong(Alarm::time).min();
  }

  private int namespaces() {
    return execution.definition().timerNamespaces().toString().equals("none") ? 1 : NAMESPACES;
  }

  private TimerHeapInternalTimer<Object, Object> timer(Alarm alarm) {
    return new TimerHeapInternalTimer<>(
        alarm.time(),
        execution.definition().keys().asRead(alarm.key()),
        namespaceDomain(alarm.queue()).asRead(alarm.namespace()));
  }

  private Alarm alarm(String name, TimerHeapInternalTimer<Object, Object> timer) {
    Bytes namespace = namespaceDomain(name).bytesOf(timer.getNamespace());
    int number = 0;
    while (!namespaceDomain(name).bytes(number).equals(namespace)) {
      number++;
      assertThat(number).as("number of namespace %s", timer.getNamespace()).isLessThan(NAMESPACES);
    }
    return new Alarm(name, number, execution.keyNumber(timer.getKey()), timer.getTimestamp());
  }
}
