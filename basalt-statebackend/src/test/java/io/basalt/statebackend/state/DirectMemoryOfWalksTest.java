package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Flink leaves little direct memory to a task, and what the garbage collector has yet to free
 * counts.
 */
class DirectMemoryOfWalksTest {

  private static final int WALKS = 5_000;

  /** Of cursors that are kept for later ones; the test's own readers and writers have some too. */
  private static final int FEW_BUFFERS = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  /** Longer keys than the bounds that are kept, and more states than cursors that are. */
  @ParameterizedTest(name = "keys of {0} characters, {1} maps")
  @CsvSource({"400, 1", "100, 12"})
  void walksTakeNone(int keyLength, int maps) throws Exception {
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    Participant withoutTier =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), "0"));
    try (KeyedOperator<String> operator =
        KeyedOperator.start(
            workspace, withoutTier, StringSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 128)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey("k".repeat(keyLength));
      List<MapState<Integer, Integer>> states = new ArrayList<>();
      for (int number = 0; number < maps; number++) {
        MapState<Integer, Integer> map =
            state(
                subtask,
                new MapStateDescriptor<>(
                    "map" + number, IntSerializer.INSTANCE, IntSerializer.INSTANCE));
        map.put(1, number);
        map.put(2, number);
        states.add(map);
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, 0L));
      long before = direct.getCount();
      for (int walk = 0; walk < WALKS; walk++) {
        int number = walk % maps;
        assertThat(states.get(number).values()).containsExactly(number, number);
        assertThat(direct.getCount() - before).as("buffers").isLessThan(FEW_BUFFERS);
      }
    }
  }
}
