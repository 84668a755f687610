package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LevelZeroOrderTest {

  @Property(tries = 300)
  void partsOfOneOrderBecomeAnOrderThatContradictsNone(
      @ForAll Random random,
      @ForAll @IntRange(max = 12) int files,
      @ForAll @IntRange(min = 1, max = 5) int databases) {
    List<Integer> whole = new ArrayList<>(IntStream.range(0, files).boxed().toList());
    Collections.shuffle(whole, random);
    List<List<Integer>> orders = new ArrayList<>();
    for (int i = 0; i < databases; i++) {
      orders.add(whole.stream().filter(file -> random.nextBoolean()).toList());
    }

    List<Integer> merged = LevelZeroOrder.of(orders).orElseThrow();

    assertThat(merged).doesNotHaveDuplicates();
    for (List<Integer> order : orders) {
      assertThat(merged.stream().filter(order::contains)).containsExactlyElementsOf(order);
    }
    assertThat(orders.stream().flatMap(List::stream).distinct())
        .containsExactlyInAnyOrderElementsOf(merged);
  }

  @Test
  void ordersThatContradictEachOtherDoNotBecomeOne() {
    assertThat(LevelZeroOrder.of(List.of(List.of(1, 2), List.of(2, 1)))).isEmpty();
    assertThat(LevelZeroOrder.of(List.of(List.of(1, 2), List.of(2, 3), List.of(3, 1)))).isEmpty();
    assertThat(LevelZeroOrder.of(List.of(List.of(1, 3), List.of(2, 3), List.of(1, 2))))
        .hasValue(List.of(1, 2, 3));
  }
}
