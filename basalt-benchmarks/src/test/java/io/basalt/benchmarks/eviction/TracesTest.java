package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Scale;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The traces are what they say. */
class TracesTest {

  private static final int COUNT = 40_000;

  private static Flights flights;
  private static RecordedTraces recorded;

  @BeforeAll
  static void read() throws IOException {
    flights = Flights.read(COUNT);
    recorded = new RecordedTraces(flights);
  }

  @Test
  void theFlightsAreInOrder() {
    assertThat(flights.count()).isEqualTo(COUNT);
    assertThat(IntStream.range(0, COUNT).map(flights::minute).toArray()).isSorted().startsWith(1);
    assertThat(flights.airportCount()).isBetween(100, 300);
    assertThat(flights.routeCount()).isBetween(2_000, 3_500);
    assertThat(flights.landing(0)).isEqualTo(1 + 30 + 2_176 / 8);
  }

  @Test
  void everyFlightChangesItsRouteAndItsScheduledFlight() {
    assertThat(recorded.routes().length()).isEqualTo(COUNT);
    assertThat(recorded.routes().distinctKeys()).isEqualTo(flights.routeCount());
    assertThat(recorded.schedule().length()).isEqualTo(COUNT);
    assertThat(recorded.schedule().distinctKeys()).isBetween(flights.routeCount(), COUNT - 1);
  }

  @Test
  void windowsAreReadAndClearedOnceAndNeverComeAgain() {
    assertThat(changesOfShortLives(recorded.days())).isEqualTo(COUNT);
    assertThat(changesOfShortLives(recorded.slidingHours())).isEqualTo(3 * COUNT);
  }

  @Test
  void aPendingRowIsReadAndClearedWhenItsFlightHasLanded() {
    Trace trace = recorded.pendingRows();
    Set<Integer> inTheAir = new HashSet<>();
    int landings = 0;
    for (int step = 0; step < trace.length(); step++) {
      int key = trace.key(step);
      if (key < COUNT) {
        switch (trace.kind(step)) {
          case Trace.CHANGE -> assertThat(inTheAir.add(key)).isTrue();
          case Trace.READ -> assertThat(inTheAir.contains(key)).isTrue();
          default -> {
            assertThat(inTheAir.remove(key)).isTrue();
            landings++;
          }
        }
      }
    }
    assertThat(landings).isEqualTo(COUNT - inTheAir.size());
    // What is in the air at night, when the flights end in the middle of a day.
    assertThat(inTheAir).hasSizeBetween(1, 5_000);
  }

  @Test
  void togetherTheyDoWhatEachOfThemDoes() {
    Trace together = recorded.together();
    int steps = 0;
    int keys = 0;
    for (Trace trace :
        new Trace[] {
          recorded.routes(),
          recorded.schedule(),
          recorded.days(),
          recorded.slidingHours(),
          recorded.pendingRows()
        }) {
      steps += trace.length();
      keys += trace.distinctKeys();
    }
    assertThat(together.length()).isEqualTo(steps);
    assertThat(together.distinctKeys()).isEqualTo(keys);
    assertThat(together.key(0)).isZero();
    assertThat(together.key(1)).isEqualTo(recorded.routes().keys());
  }

  @Test
  void madeUpTracesAreTheSameEveryTime() {
    MadeUpTraces madeUp = new MadeUpTraces(Scale.MOMENT);
    for (Supplier<Trace> maker :
        List.<Supplier<Trace>>of(
            madeUp::uniform,
            madeUp::zipf,
            madeUp::recent,
            madeUp::zipfWithScans,
            madeUp::loop,
            madeUp::changingHotSet,
            madeUp::zipfTouchedTwice)) {
      Trace one = maker.get();
      Trace other = maker.get();
      assertThat(one.length()).isEqualTo(other.length()).isGreaterThan(1_000);
      for (int step = 0; step < one.length(); step++) {
        assertThat(one.key(step)).isEqualTo(other.key(step));
      }
    }
  }

  @Test
  void aScanReadsKeysThatNothingElseUses() {
    MadeUpTraces madeUp = new MadeUpTraces(Scale.MOMENT);
    Trace trace = madeUp.zipfWithScans();
    int read = 0;
    for (int step = 0; step < trace.length(); step++) {
      boolean isScan = trace.kind(step) == Trace.READ;
      assertThat(trace.key(step) >= madeUp.keys()).isEqualTo(isScan);
      read += isScan ? 1 : 0;
    }
    assertThat(read).isEqualTo(32 * madeUp.keys() / 100);
  }

  /** Of a trace in which a key is changed, then read once and cleared. */
  private static int changesOfShortLives(Trace trace) {
    Set<Integer> over = new HashSet<>();
    int changes = 0;
    for (int step = 0; step < trace.length(); step++) {
      assertThat(over.contains(trace.key(step))).isFalse();
      if (trace.kind(step) == Trace.CLEAR) {
        assertThat(trace.kind(step - 1)).isEqualTo(Trace.READ);
        assertThat(trace.key(step - 1)).isEqualTo(trace.key(step));
        over.add(trace.key(step));
      }
      changes += trace.kind(step) == Trace.CHANGE ? 1 : 0;
    }
    assertThat(over).hasSizeGreaterThan(1_000);
    return changes;
  }
}
