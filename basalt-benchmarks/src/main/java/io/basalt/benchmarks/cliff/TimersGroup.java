package io.basalt.benchmarks.cliff;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.FileUtils;

/** Queues of timers, few and many: the first fires and its key registers the next. */
public final class TimersGroup implements Group {

  private static final int KEY_GROUPS = 128;

  /** How far in the future a near timer is; there is one timer for each millisecond. */
  private static final long NEAR = 1_000;

  private static final int LEFT = 500;

  private static final long MANAGED_BYTES = 256L << 20;

  @Override
  public String name() {
    return "cliffs/timers";
  }

  @Override
  public String description(Scale scale) {
    return """
        An operation is a timer that fires and another that is registered for its key: near, 1,000 \
        timers behind the first, or far, behind the last of all. Managed memory %d MiB, task heap %d \
        MiB; timers are where each backend keeps them by default."""
        .formatted(MANAGED_BYTES >> 20, heapMegabytes(Backend.STOCK, scale));
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 3_072);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Scale scale = conditions.scale();
    fire(scale.choose(2_000, 20_000, 100_000), conditions, report);
    fire(scale.choose(4_000, 200_000, 5_000_000), conditions, report);
    afterDeletions(scale.choose(1_000, 100_000, 1_000_000), conditions, report);
  }

  private static void fire(int count, Conditions conditions, Report report) throws Exception {
    Repeated repeated = Repeated.of(conditions.scale());
    withQueue(
        KEY_GROUPS,
        conditions,
        queue -> {
          register(queue, 0, count);
          report.row(
              "far timers, %,d of them".formatted(count),
              repeated.measure(() -> fireFirst(queue, count)));
          report.row(
              "near timers, %,d of them".formatted(count),
              repeated.measure(() -> fireFirst(queue, NEAR)));
        });
  }

  private static void afterDeletions(int deleted, Conditions conditions, Report report)
      throws Exception {
    Repeated repeated = Repeated.of(conditions.scale());
    // One key group, so that all that was deleted lies before the first timer.
    withQueue(
        1,
        conditions,
        queue -> {
          register(queue, 0, deleted);
          register(queue, deleted, LEFT);
          for (int i = 0; i < deleted; i++) {
            queue.remove(timer(i, i));
          }
          report.row(
              "%d timers, after %,d before them were deleted".formatted(LEFT, deleted),
              repeated.measure(() -> fireFirst(queue, LEFT)));
        });
  }

  private static void withQueue(int keyGroups, Conditions conditions, Use use) throws Exception {
    Path directory = conditions.directory().resolve("queue");
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), MANAGED_BYTES);
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, keyGroups)) {
      Subtask<Long> subtask = operator.openOnly();
      use.of(
          subtask
              .backend()
              .create(
                  "timers",
                  new TimerSerializer<>(
                      LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE)));
    }
    FileUtils.deleteDirectory(directory.toFile());
  }

  private static TimerHeapInternalTimer<Long, VoidNamespace> timer(long timestamp, long key) {
    return new TimerHeapInternalTimer<>(timestamp, key, VoidNamespace.INSTANCE);
  }

  private static void register(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue,
      int from,
      int count) {
    for (int i = from; i < from + count; i++) {
      queue.add(timer(i, i));
    }
  }

  private static void fireFirst(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue,
      long later) {
    var first = queue.poll();
    if (first == null) {
      throw new IllegalStateException("No timer is left");
    }
    queue.add(timer(first.getTimestamp() + later, first.getKey()));
  }

  @FunctionalInterface
  private interface Use {
    void of(KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> queue)
        throws Exception;
  }
}
