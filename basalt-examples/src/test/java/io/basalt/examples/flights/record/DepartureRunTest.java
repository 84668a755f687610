package io.basalt.examples.flights.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs joined in any grouping say what counting departure by departure says. */
class DepartureRunTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 2001})
  void joinedRunsEqualTheirDepartures(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int[] delays = random.ints(1 + random.nextInt(12), 13, 19).toArray();

      DepartureRun run = joined(delays, 0, delays.length, random);

      assertThat(run).isEqualTo(counted(delays));
    }
  }

  /** Splits the delays at a random place and joins what both halves give. */
  private static DepartureRun joined(int[] delays, int from, int to, Random random) {
    if (to - from == 1) {
      return DepartureRun.of(new Flight(0, delays[from], "AAA", "ZZZ"));
    }
    int middle = from + 1 + random.nextInt(to - from - 1);
    return joined(delays, from, middle, random).followedBy(joined(delays, middle, to, random));
  }

  private static DepartureRun counted(int[] delays) {
    int late = 0;
    int streak = 0;
    int worstStreak = 0;
    int atStart = 0;
    for (int delay : delays) {
      boolean isLate = delay > 15;
      streak = isLate ? streak + 1 : 0;
      late += isLate ? 1 : 0;
      worstStreak = Math.max(worstStreak, streak);
    }
    while (atStart < delays.length && delays[atStart] > 15) {
      atStart++;
    }
    return new DepartureRun("AAA", delays.length, late, atStart, streak, worstStreak);
  }
}
