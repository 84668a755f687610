package io.basalt.statebackend.damage;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/** A job with states of several kinds and timers, whose contents are known. */
final class DamagedJob {

  private static final int MAX_PARALLELISM = 8;
  private static final int KEYS = 120;

  private final Random random;

  DamagedJob(long seed) {
    random = new Random(seed);
  }

  /** Takes the snapshot; what the job then holds are its contents. */
  Snapshot<Map<String, String>> take(Workspace workspace, Participant writer, Sample sample)
      throws Exception {
    Participant participant = sample.configure(writer);
    try (KeyedOperator<Integer> job =
        KeyedOperator.start(
            workspace,
            participant,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            1,
            MAX_PARALLELISM)) {
      List<Part> parts = parts(job);
      fill(parts);
      Snapshot<String> first = job.complete(job.trigger(SnapshotKind.CHECKPOINT, ""));
      if (sample.parallelism() > 1) {
        try (KeyedOperator<Integer> split =
            restore(workspace, participant, first, sample.parallelism())) {
          return finish(split, parts(split), sample);
        }
      }
      return finish(job, parts, sample);
    }
  }

  private Snapshot<Map<String, String>> finish(
      KeyedOperator<Integer> job, List<Part> parts, Sample sample) throws Exception {
    fill(parts);
    Snapshot<String> snapshot = job.complete(job.trigger(sample.kind(), ""));
    return new Snapshot<>(snapshot.pointer(), contents(parts), snapshot.operatorState());
  }

  static KeyedOperator<Integer> restore(
      Workspace workspace, Participant participant, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        IntSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        snapshot,
        parallelism,
        RecoveryClaimMode.NO_CLAIM);
  }

  private void fill(List<Part> parts) throws Exception {
    for (Part part : parts) {
      OperatorSubtask<Integer> subtask = part.subtask();
      CheckpointableKeyedStateBackend<Integer> backend = subtask.backend();
      for (int i = 0; i < KEYS; i++) {
        int key = random.nextInt(2 * KEYS);
        if (!subtask.owns(key)) {
          continue;
        }
        backend.setCurrentKey(key);
        value(backend).update(text(random.nextInt(100)));
        list(backend).add(random.nextLong());
        map(backend).put("entry " + random.nextInt(5), i);
        part.timers().add(new TimerHeapInternalTimer<>(random.nextLong(), key, "n"));
      }
    }
  }

  /** Letters that do not compress away. */
  private String text(int length) {
    StringBuilder text = new StringBuilder();
    random.ints(length, 'a', 'z' + 1).forEach(letter -> text.append((char) letter));
    return text.toString();
  }

  /** Everything, by state and key. The timers are gone afterwards. */
  static Map<String, String> contents(KeyedOperator<Integer> job) throws Exception {
    return contents(parts(job));
  }

  private static Map<String, String> contents(List<Part> parts) throws Exception {
    Map<String, String> contents = new TreeMap<>();
    for (Part part : parts) {
      OperatorSubtask<Integer> subtask = part.subtask();
      CheckpointableKeyedStateBackend<Integer> backend = subtask.backend();
      for (int key = 0; key < 2 * KEYS; key++) {
        if (!subtask.owns(key)) {
          continue;
        }
        backend.setCurrentKey(key);
        contents.put("value " + key, String.valueOf(value(backend).value()));
        contents.put("list " + key, String.valueOf(list(backend).get()));
        Map<String, Integer> entries = new TreeMap<>();
        for (Map.Entry<String, Integer> entry : map(backend).entries()) {
          entries.put(entry.getKey(), entry.getValue());
        }
        contents.put("map " + key, entries.toString());
      }
      contents.put("timers " + subtask.range(), pollAll(part.timers()).toString());
    }
    return contents;
  }

  private static List<String> pollAll(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> timers) {
    List<String> polled = new ArrayList<>();
    for (TimerHeapInternalTimer<Integer, String> timer = timers.poll();
        timer != null;
        timer = timers.poll()) {
      polled.add(timer.getTimestamp() + " " + timer.getKey() + " " + timer.getNamespace());
    }
    return polled;
  }

  private static ValueState<String> value(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return state(backend, new ValueStateDescriptor<>("value", StringSerializer.INSTANCE));
  }

  private static ListState<Long> list(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return state(backend, new ListStateDescriptor<>("list", LongSerializer.INSTANCE));
  }

  private static MapState<String, Integer> map(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return state(
        backend,
        new MapStateDescriptor<>("map", StringSerializer.INSTANCE, IntSerializer.INSTANCE));
  }

  private static <S extends State> S state(
      CheckpointableKeyedStateBackend<Integer> backend, StateDescriptor<S, ?> descriptor)
      throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /** A subtask, and its timers, which are created once. */
  private record Part(
      OperatorSubtask<Integer> subtask,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> timers) {}

  private static List<Part> parts(KeyedOperator<Integer> job) {
    TimerSerializer<Integer, String> serializer =
        new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE);
    List<Part> parts = new ArrayList<>();
    for (OperatorSubtask<Integer> subtask : job.subtasks()) {
      parts.add(new Part(subtask, subtask.backend().create("timers", serializer)));
    }
    return parts;
  }
}
