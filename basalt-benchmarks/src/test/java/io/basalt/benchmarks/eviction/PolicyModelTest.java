package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for every policy and for the optimum, whatever is done. */
class PolicyModelTest {

  private static final int STEPS = 2_000;

  @Property(tries = 60)
  void aKeyIsFoundIfItHasNotBeenEvictedAndThereIsNeverMoreThanRoom(
      @ForAll PolicyKind kind,
      @ForAll @IntRange(min = 1, max = 60) int capacity,
      @ForAll int seed) {
    Trace trace = random(seed);
    Set<Integer> there = new HashSet<>();
    Policy policy = kind.make(capacity, key -> assertThat(there.remove(key)).isTrue());
    for (int step = 0; step < trace.length(); step++) {
      int key = trace.key(step);
      assertThat(policy.contains(key)).isEqualTo(there.contains(key));
      if (trace.kind(step) == Trace.CLEAR) {
        policy.remove(key);
        there.remove(key);
      } else {
        boolean wasThere = there.contains(key);
        assertThat(policy.access(key)).isEqualTo(wasThere);
        there.add(key);
      }
      assertThat(policy.size()).isEqualTo(there.size()).isLessThanOrEqualTo(capacity);
    }
    assertThat(there).allMatch(policy::contains);
  }

  @Property(tries = 60)
  void nothingIsEvictedWhileThereIsRoom(@ForAll PolicyKind kind, @ForAll int seed) {
    Trace trace = random(seed);
    Policy policy = kind.make(trace.keys(), key -> assertThat(key).as("evicted").isNull());
    for (int step = 0; step < trace.length(); step++) {
      policy.access(trace.key(step));
    }
    assertThat(policy.size()).isEqualTo(trace.distinctKeys());
  }

  @Property(tries = 60)
  void noPolicyIsBetterThanTheOptimum(
      @ForAll @IntRange(min = 1, max = 60) int capacity, @ForAll int seed) {
    Trace trace = random(seed);
    long optimum = new Optimum(trace).hits(capacity, 0);
    for (PolicyKind kind : PolicyKind.values()) {
      long hits = new Simulation(trace, 0).run(kind, capacity, 500).hits();
      assertThat(hits).as(kind.toString()).isLessThanOrEqualTo(optimum);
    }
  }

  @Property(tries = 100)
  void theOptimumIsWhatTryingEverythingFinds(
      @ForAll @IntRange(min = 1, max = 3) int capacity, @ForAll int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Trace trace = new Trace(12);
    for (int step = 0; step < 12; step++) {
      int key = random.nextInt(5);
      if (random.nextInt(6) == 0) {
        trace.clear(key);
      } else {
        trace.read(key);
      }
    }
    assertThat(new Optimum(trace).hits(capacity, 0))
        .isEqualTo(mostHits(trace, 0, new HashSet<>(), capacity));
  }

  /**
   * Some keys come often, some go on to others as time goes by, and now and then one is cleared.
   */
  private static Trace random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Trace trace = new Trace(STEPS);
    for (int step = 0; step < STEPS; step++) {
      int key = random.nextInt(1 + random.nextInt(100)) + (random.nextBoolean() ? step / 20 : 0);
      switch (random.nextInt(8)) {
        case 0 -> trace.clear(key);
        case 1, 2 -> trace.read(key);
        default -> trace.change(key);
      }
    }
    return trace;
  }

  private static int mostHits(Trace trace, int step, Set<Integer> there, int capacity) {
    if (step == trace.length()) {
      return 0;
    }
    int key = trace.key(step);
    Set<Integer> after = new HashSet<>(there);
    if (trace.kind(step) == Trace.CLEAR) {
      after.remove(key);
      return mostHits(trace, step + 1, after, capacity);
    }
    if (there.contains(key)) {
      return 1 + mostHits(trace, step + 1, there, capacity);
    }
    after.add(key);
    if (after.size() <= capacity) {
      return mostHits(trace, step + 1, after, capacity);
    }
    int most = 0;
    for (int victim : after) {
      Set<Integer> without = new HashSet<>(after);
      without.remove(victim);
      most = Math.max(most, mostHits(trace, step + 1, without, capacity));
    }
    return most;
  }
}
