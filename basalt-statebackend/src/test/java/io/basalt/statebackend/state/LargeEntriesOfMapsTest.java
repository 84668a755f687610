package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps that are kept packed, with values of which no more may be looked at than is needed. */
class LargeEntriesOfMapsTest {

  private static final int LARGE = 6_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @RegisterExtension final Workspace workspace = new Workspace();

  private final MapStateDescriptor<Integer, byte[]> descriptor =
      new MapStateDescriptor<>(
          "large",
          NullableSerializer.wrap(IntSerializer.INSTANCE, false),
          BytePrimitiveArraySerializer.INSTANCE);

  private void expire(boolean expires) {
    if (expires) {
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
    }
  }

  private static byte[] value(int seed, int length) {
    byte[] value = new byte[length];
    new Random(seed).nextBytes(value);
    return value;
  }

  private interface Step {
    void run() throws Exception;
  }

  private static long allocatedBy(Step step) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    step.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Of a map of 128 MB, which in a small heap would be the end. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void toClearAMapOrToAskWhatItHasNoLongValueIsRead(boolean expires) throws Exception {
    expire(expires);
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map = state(subtask, descriptor);
      for (long key = 0; key < 2; key++) {
        subtask.backend().setCurrentKey(key);
        for (int entry = 0; entry < 128; entry++) {
          map.put(entry, new byte[1 << 20]);
        }
      }
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "large"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map = state(subtask, descriptor);
      for (long key = 0; key < 2; key++) {
        boolean asked = key == 0;
        subtask.backend().setCurrentKey(key);
        long allocated =
            allocatedBy(
                () -> {
                  if (asked) {
                    assertThat(map.isEmpty()).isFalse();
                    assertThat(map.isEmpty()).isFalse();
                    if (!expires) {
                      assertThat(map.contains(77)).isTrue();
                      assertThat(map.contains(1_000)).isFalse();
                    }
                  }
                  map.clear();
                  assertThat(map.isEmpty()).isTrue();
                });
        assertThat(allocated).isLessThan(8 << 20);
        assertThat(map.iterator().hasNext()).isFalse();
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "cleared"));
      assertThat(keys(subtask, "large")).isEmpty();
    }
  }

  /** Whatever becomes of them: large, small again, removed, walked over, and cleared. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingWaitsForACheckpointThoughEntriesAreLarge(boolean expires) throws Exception {
    expire(expires);
    Snapshot<String> atBarrier;
    Snapshot<String> after;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map = state(subtask, descriptor);
      for (long key = 0; key < 4; key++) {
        subtask.backend().setCurrentKey(key);
        map.put(1, value(1, 10));
        map.put(2, value(2, LARGE));
        assertThat(map.iterator().hasNext()).isTrue();
      }
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "barrier");
      for (long key = 0; key < 3; key++) {
        subtask.backend().setCurrentKey(key);
        map.put(1, value(3, LARGE));
        assertThat(map.get(1)).isEqualTo(value(3, LARGE));
        assertThat(map.contains(1)).isTrue();
        map.put(1, value(4, 20));
        map.put(2, value(5, 5));
        map.put(3, value(6, 1 << 20));
        assertIs(map, Map.of(1, value(4, 20), 2, value(5, 5), 3, value(6, 1 << 20)));
        map.remove(1);
        map.remove(2);
        assertThat(map.isEmpty()).isFalse();
        assertIs(map, Map.of(3, value(6, 1 << 20)));
        if (key == 0) {
          map.remove(3);
          assertThat(map.isEmpty()).isTrue();
        } else if (key == 1) {
          map.clear();
          assertThat(map.isEmpty()).isTrue();
          map.put(2, value(7, 7));
        } else {
          map.put(3, value(8, 8));
        }
      }
      Map<Integer, byte[]> many = new HashMap<>();
      for (int entry = 0; entry < 300; entry++) {
        many.put(entry, value(entry, entry % 50 == 0 ? LARGE : 300));
      }
      subtask.backend().setCurrentKey(3L);
      map.putAll(many);
      assertIs(map, many);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES)).isZero();
      atBarrier = operator.complete(pending);
      // A further checkpoint would be the end of the one before.
      after = operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, "after"));
      assertThat(keys(subtask, "large")).containsExactlyInAnyOrder(1L, 2L, 3L);
      assertIs(map, many);
      map.clear();
      assertThat(map.isEmpty()).isTrue();
    }
    for (Participant reader : List.of(Participant.STOCK, Participant.BASALT)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, atBarrier)) {
        OperatorSubtask<Long> subtask = operator.subtasks().get(0);
        for (long key = 0; key < 4; key++) {
          subtask.backend().setCurrentKey(key);
          assertIs(state(subtask, descriptor), Map.of(1, value(1, 10), 2, value(2, LARGE)));
        }
      }
      try (KeyedOperator<Long> operator = restore(workspace, reader, after)) {
        OperatorSubtask<Long> subtask = operator.subtasks().get(0);
        subtask.backend().setCurrentKey(0L);
        assertIs(state(subtask, descriptor), Map.of());
        subtask.backend().setCurrentKey(1L);
        assertIs(state(subtask, descriptor), Map.of(2, value(7, 7)));
        subtask.backend().setCurrentKey(2L);
        assertIs(state(subtask, descriptor), Map.of(3, value(8, 8)));
      }
    }
  }

  /** Also where entries grow that are there: what does not fit is kept beside. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUpdateDoesNotMoveMoreThanAMapMayHave(boolean isPutTogether) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, byte[]> map = state(subtask, descriptor);
      subtask.backend().setCurrentKey(1L);
      Map<Integer, byte[]> entries = new HashMap<>();
      for (int length : new int[] {40, 4_000}) {
        for (int entry = 0; entry < 128; entry++) {
          entries.put(entry, value(entry + length, length));
          if (!isPutTogether) {
            map.put(entry, value(entry + length, length));
          }
        }
        if (isPutTogether) {
          map.putAll(entries);
        }
      }
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "barrier");
      long most = 0;
      for (int entry = 0; entry < 128; entry++) {
        int updated = entry;
        byte[] value = value(entry, entry % 3 == 0 ? 4_000 : 3_900);
        entries.put(entry, value);
        most = Math.max(most, allocatedBy(() -> map.put(updated, value)));
      }
      // All of them would be half a megabyte.
      assertThat(most).isLessThan(200 << 10);
      assertIs(map, entries);
      operator.complete(pending);
      assertIs(map, entries);
    }
  }

  private static void assertIs(MapState<Integer, byte[]> map, Map<Integer, byte[]> expected)
      throws Exception {
    Map<Integer, byte[]> shown = new HashMap<>();
    Iterator<Map.Entry<Integer, byte[]>> walk = map.iterator();
    while (walk.hasNext()) {
      Map.Entry<Integer, byte[]> entry = walk.next();
      shown.put(entry.getKey(), entry.getValue());
    }
    assertThat(shown.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (key, value) -> assertThat(Arrays.equals(shown.get(key), value)).as("%s", key).isTrue());
  }
}
