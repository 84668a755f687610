package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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
    Ratio ratio = ratio(List.of(180.0, 200.0, 240.0), List.of(120.0, 100.0, 80.0));

    assertThat(ratio.lowest()).isCloseTo(1.5 / 1.05, within(1e-12));
    assertThat(ratio.middle()).isCloseTo(2.0, within(1e-12));
    assertThat(ratio.highest()).isCloseTo(3.0 * 1.05, within(1e-12));
    assertThat(ratio.verdict()).isEqualTo(Verdict.FASTER);
  }

  @Test
  void aMachineThatIsSlowerInOneRoundChangesNothing() {
    Ratio ratio = ratio(List.of(100.0, 180.0), List.of(120.0, 216.0));

    assertThat(ratio.middle()).isCloseTo(1 / 1.2, within(1e-12));
    assertThat(ratio.verdict()).isEqualTo(Verdict.SLOWER);
  }

  @Test
  void levelAsSoonAsOneRoundIsOrProcessesOfTheSameCodeDifferAsMuch() {
    assertThat(ratio(List.of(100.0, 130.0), List.of(110.0, 130.0)).verdict())
        .isEqualTo(Verdict.LEVEL);
    assertThat(ratio(List.of(100.0, 100.0), List.of(104.0, 104.0)).verdict())
        .isEqualTo(Verdict.LEVEL);
    assertThat(ratio(List.of(100.0, 100.0), List.of(106.0, 110.0)).verdict())
        .isEqualTo(Verdict.SLOWER);
  }

  @Test
  void roundsThatOnlyOneHasAreLeftOut() {
    assertThat(ratio(List.of(100.0, 100.0), List.of(100.0, 100.0, 900.0)).middle()).isEqualTo(1);
  }

  @Test
  void nothingBesideNothingIsLevelAndBesideSomethingInfinite() {
    assertThat(ratio(List.of(0.0, 0.0), List.of(0.0, 0.0)).verdict()).isEqualTo(Verdict.LEVEL);
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

  @Property
  void whatIsFasterOneWayIsSlowerTheOther(
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = 1, max = 1e9) Double> one,
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = 1, max = 1e9) Double> two) {
    Ratio ratio = ratio(one, two);
    assertThat(ratio.middle()).isBetween(ratio.lowest(), ratio.highest());
    assertThat(ratio(one, two).verdict() == Verdict.FASTER)
        .isEqualTo(ratio(two, one).verdict() == Verdict.SLOWER);
  }

  private static Ratio ratio(List<Double> others, List<Double> basalt) {
    return Ratio.of(new Rounds(others), new Rounds(basalt), 0.05);
  }
}
