package io.basalt.statebackend.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.OperatorSubtask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/**
 * Timers of a job, by the numbers of their keys and namespaces, and which of them must be there.
 */
final class KeptTimers {

  static final String NAME = "kept timers";

  private static final int TIMES = 13;

  private final List<String> set = new ArrayList<>();
  private int timers;

  /** A version of the job that has created the queues, with the schema of their namespaces. */
  final class Queues {
    private final JobVersion job;
    private final Schema namespaces;
    private final Map<
            OperatorSubtask<Object>,
            KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Object, Object>>>
        queues = new HashMap<>();

    private Queues(JobVersion job, Schema namespaces) {
      this.job = job;
      this.namespaces = namespaces;
      for (OperatorSubtask<Object> subtask : job.operator().subtasks()) {
        queues.put(
            subtask,
            subtask
                .backend()
                .create(
                    NAME, new TimerSerializer<>(job.keys().serializer(), namespaces.serializer())));
      }
    }

    /** Sets some more. */
    void set() {
      for (int behind = timers + 20; timers < behind; timers++) {
        TimerHeapInternalTimer<Object, Object> timer =
            new TimerHeapInternalTimer<>(
                timers % TIMES, job.keys().value(timers), namespaces.value(timers + 1));
        queues.get(job.owner(timers)).add(timer);
        set.add(text(timer));
      }
    }

    /** Lets all of them fire, asserts that they do, in the order of time, and sets them again. */
    void check() {
      List<String> fired = new ArrayList<>();
      queues.forEach(
          (subtask, queue) -> {
            List<TimerHeapInternalTimer<Object, Object>> polled = new ArrayList<>();
            while (!queue.isEmpty()) {
              polled.add(queue.poll());
            }
            assertThat(polled).extracting(TimerHeapInternalTimer::getTimestamp).isSorted();
            polled.forEach(timer -> fired.add(text(timer)));
            queue.addAll(polled);
          });
      assertThat(fired).containsExactlyInAnyOrderElementsOf(set);
    }

    private String text(TimerHeapInternalTimer<Object, Object> timer) {
      return "%s of %s at %d"
          .formatted(
              job.keys().text(timer.getKey()),
              namespaces.text(timer.getNamespace()),
              timer.getTimestamp());
    }
  }

  Queues in(JobVersion job, Schema namespaces) {
    return new Queues(job, namespaces);
  }
}
