package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Medians, ratios and their spread, by hand and for any figures. */
class RatioTest {

  @Test
  void theMedianIsTheMiddleOrBetweenTheTwo() {
    assertThat(new Rounds(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
    assertThat(new Rounds(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
    assertThat(new Rounds(List.of(7.0)).median()).isEqualTo(7);
  }

  @Test
  void twiceAsFastWithItsSpread() {
    Ratio ratio = ratio(List.of(180.0, 200.0, 240.0), List.of(120.0, 100.0, 90.0));

    assertThat(ratio.lowest()).isCloseTo(1.5, within(1e-12));
    assertThat(ratio.middle()).isCloseTo(2.0, within(1e-12));
    assertThat(ratio.highest()).isCloseTo(240.0 / 90, within(1e-12));
    assertThat(ratio.verdict()).isEqualTo(Verdict.FASTER);
  }

  @Test
  void levelAsSoonAsOneRoundReachesAnother() {
    assertThat(ratio(List.of(100.0, 110.0), List.of(110.0, 130.0)).verdict())
        .isEqualTo(Verdict.LEVEL);
    assertThat(ratio(List.of(100.0, 109.0), List.of(110.0, 130.0)).verdict())
        .isEqualTo(Verdict.SLOWER);
  }

  @Test
  void nothingBesideNothingIsLevelAndBesideSomethingInfinite() {
    assertThat(ratio(List.of(0.0, 0.0), List.of(0.0, 0.0))).isEqualTo(new Ratio(1, 1, 1));
    Ratio written = ratio(List.of(5.0, 6.0), List.of(0.0, 0.0));
    assertThat(written.verdict()).isEqualTo(Verdict.FASTER);
    assertThat(Quantity.ratio(written.middle())).isEqualTo("-");
    assertThat(ratio(List.of(0.0), List.of(5.0)).verdict()).isEqualTo(Verdict.SLOWER);
  }

  @Test
  void theMeanOfADoublingAndAHalvingIsOne() {
    assertThat(
            Summary.geometricMean(
                List.of(
                    new Ratio(2, 2, 2),
                    new Ratio(0.5, 0.5, 0.5),
                    new Ratio(0, 0, 0),
                    new Ratio(1, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY))))
        .isCloseTo(1, within(1e-12));
    assertThat(Summary.geometricMean(List.of())).isNaN();
  }

  @Test
  void laterAgainstEarlier() {
    Ratio before = new Ratio(1.0, 1.1, 1.2);

    assertThat(new Ratio(1.3, 1.4, 1.5).against(before)).isEqualTo(Verdict.FASTER);
    assertThat(new Ratio(1.1, 1.4, 1.5).against(before)).isEqualTo(Verdict.LEVEL);
    assertThat(new Ratio(0.7, 0.8, 0.9).against(before)).isEqualTo(Verdict.SLOWER);
  }

  @Test
  void chanceIsCountedInOrders() {
    assertThat(Chance.calledSlower(1)).isEqualTo(1 / 2.0);
    assertThat(Chance.calledSlower(2)).isEqualTo(1 / 6.0);
    assertThat(Chance.calledSlower(3)).isEqualTo(1 / 20.0);
  }

  @Property
  void theSpreadIsThatOfAllPairsAndHoldsTheMiddle(
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(max = 1e9) Double> others,
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(max = 1e9) Double> basalt) {
    Ratio ratio = ratio(others, basalt);
    List<Double> pairs =
        others.stream()
            .flatMap(
                other -> basalt.stream().map(own -> ratio(List.of(other), List.of(own)).middle()))
            .toList();

    assertThat(ratio.lowest()).isEqualTo(least(pairs.stream()));
    assertThat(ratio.highest())
        .isEqualTo(pairs.stream().mapToDouble(pair -> pair).max().orElseThrow());
    assertThat(ratio.middle()).isBetween(ratio.lowest(), ratio.highest());
  }

  @Property
  void whatIsFasterOneWayIsSlowerTheOther(
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = 1, max = 1e9) Double> one,
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = 1, max = 1e9) Double> two) {
    assertThat(ratio(one, two).verdict() == Verdict.FASTER)
        .isEqualTo(ratio(two, one).verdict() == Verdict.SLOWER);
  }

  private static double least(Stream<Double> values) {
    return values.mapToDouble(value -> value).min().orElseThrow();
  }

  private static Ratio ratio(List<Double> others, List<Double> basalt) {
    return Ratio.of(new Rounds(others), new Rounds(basalt));
  }
}
