package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A state that the tasks of an operator began with in different versions of the job: each goes on
 * with the numbers for constants and classes that it began with.
 */
class DifferentOrdersTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  static List<Arguments> reorderings() {
    List<Arguments> all = new ArrayList<>();
    for (Evolution evolution : Evolutions.reconfigurations()) {
      if (!evolution.name().startsWith("serializer of the user's own")) {
        for (SnapshotWay way : SnapshotWay.all()) {
          all.add(Arguments.of(evolution, way));
          all.add(Arguments.of(evolution.inTuples(), way));
        }
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("reorderings")
  void doNotMeetInOneTable(Evolution evolution, SnapshotWay way) throws Exception {
    Schema before = evolution.before();
    Schema after = evolution.after();
    Snapshot<?> first = begun(before, way, 0);
    Snapshot<?> both =
        after.run(
            () -> {
              try (JobVersion job = restored(way.basalt(), first, 2)) {
                write(job, after, 1);
                return way.take(job);
              }
            });

    assertThatThrownBy(() -> after.run(() -> restored(way.basalt(), both, 1)))
        .hasRootCauseInstanceOf(StateMigrationException.class)
        .rootCause()
        .hasMessageContaining("The tasks of one operator have written state 'value'")
        .hasMessageContaining("Restore at the parallelism of the snapshot");
    after.run(
        () -> {
          try (JobVersion job = restored(way.basalt(), both, 2)) {
            check(job, after, expected(before, job, 0));
            check(job, after, expected(after, job, 1));
          }
          return null;
        });
  }

  static List<Arguments> olderSubtasks() {
    List<Arguments> all = new ArrayList<>();
    for (SnapshotWay way : SnapshotWay.all()) {
      all.add(Arguments.of(0, way));
      all.add(Arguments.of(1, way));
    }
    return all;
  }

  /** The task that has more constants says what those are that come before the newest. */
  @ParameterizedTest(name = "the older is subtask {0}, {1}")
  @MethodSource("olderSubtasks")
  void meetWhereOneHasAllOfTheOther(int older, SnapshotWay way) throws Exception {
    Schema first = Evolutions.LEVEL.constants();
    Schema second = UserClass.compiled("Level", "public enum Level { A, B, C, AA }").constants();
    Schema third =
        UserClass.compiled("Level", "public enum Level { ZERO, A, B, C, AA }").constants();
    Snapshot<?> begun = begun(first, way, older);
    Snapshot<?> both =
        second.run(
            () -> {
              try (JobVersion job = restored(way.basalt(), begun, 2)) {
                write(job, second, 1 - older);
                return way.take(job);
              }
            });

    Map<Integer, String> expected = new LinkedHashMap<>();
    try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 2)) {
      expected.putAll(expected(first, job, older));
      expected.putAll(expected(second, job, 1 - older));
    }
    assertThat(expected).containsValues("A", "AA", "B", "C");
    third.run(
        () -> {
          try (JobVersion job = restored(way.basalt(), both, 1)) {
            check(job, third, expected);
          }
          return null;
        });
  }

  /** As one of two subtasks begins it. */
  private Snapshot<?> begun(Schema schema, SnapshotWay way, int subtask) throws Exception {
    return schema.run(
        () -> {
          try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 2)) {
            write(job, schema, subtask);
            return way.take(job);
          }
        });
  }

  private static void write(JobVersion job, Schema schema, int subtask) throws Exception {
    for (int key : keys(job, subtask)) {
      job.state(key, value(schema)).update(schema.value(key));
      ListState<Object> list = job.state(key, list(schema));
      list.add(schema.value(key));
    }
  }

  private static Map<Integer, String> expected(Schema schema, JobVersion job, int subtask) {
    Map<Integer, String> texts = new LinkedHashMap<>();
    for (int key : keys(job, subtask)) {
      texts.put(key, schema.text(key));
    }
    return texts;
  }

  private static void check(JobVersion job, Schema schema, Map<Integer, String> expected)
      throws Exception {
    for (Map.Entry<Integer, String> entry : expected.entrySet()) {
      int key = entry.getKey();
      ValueState<Object> value = job.state(key, value(schema));
      assertThat(schema.text(value.value())).as("key %d", key).isEqualTo(entry.getValue());
      for (Object element : job.state(key, list(schema)).get()) {
        assertThat(schema.text(element)).as("list of key %d", key).isEqualTo(entry.getValue());
      }
    }
  }

  private static List<Integer> keys(JobVersion job, int subtask) {
    OperatorSubtask<Object> owner = job.operator().subtasks().get(subtask);
    return IntStream.range(0, 40).filter(key -> job.owner(key) == owner).boxed().toList();
  }

  private static ValueStateDescriptor<Object> value(Schema schema) {
    return new ValueStateDescriptor<>("value", schema.serializer());
  }

  private static ListStateDescriptor<Object> list(Schema schema) {
    return new ListStateDescriptor<>("list", schema.serializer());
  }

  private JobVersion restored(Participant reader, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return JobVersion.restore(workspace, reader, INTEGERS, snapshot, parallelism);
  }
}
