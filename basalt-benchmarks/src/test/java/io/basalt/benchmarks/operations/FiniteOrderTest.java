package io.basalt.benchmarks.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Scale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiniteOrderTest {

  private static final Long[] KEYS = {1L, 2L, 3L};

  @TempDir Path directory;

  @Test
  void handsOutEachKeyOnceInAPassAndRestoresAllAfterTheLast() throws Exception {
    Task task = new Task();
    task.backend = Backend.HEAP;
    task.scale = Scale.MOMENT;
    task.directory = directory.toString();
    task.open();
    try {
      List<Long> restored = new ArrayList<>();
      FiniteOrder order = new FiniteOrder(task, KEYS, 2, restored::add);

      List<Long> firstPass = pass(order);
      List<Long> secondPass = pass(order);
      assertThat(restored).isEmpty();
      List<Long> thirdPass = pass(order);

      assertThat(restored).containsExactlyInAnyOrder(KEYS);
      assertThat(firstPass).containsExactlyInAnyOrder(KEYS);
      assertThat(List.of(secondPass, thirdPass)).containsOnly(firstPass);
    } finally {
      task.close();
    }
  }

  private static List<Long> pass(FiniteOrder order) throws Exception {
    List<Long> keys = new ArrayList<>();
    for (int i = 0; i < KEYS.length; i++) {
      keys.add(order.next());
    }
    return keys;
  }
}
