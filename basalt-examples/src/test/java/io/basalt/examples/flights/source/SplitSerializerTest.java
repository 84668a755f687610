package io.basalt.examples.flights.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the source writes into snapshots comes back as it was. */
class SplitSerializerTest {

  private static final FlightsSplit SPLIT = new FlightsSplit(new FlightsPosition(3, 141));

  private final FlightsSplitSerializer splits = new FlightsSplitSerializer();
  private final UnassignedSplitsSerializer unassigned = new UnassignedSplitsSerializer();

  @Test
  void splitComesBack() throws IOException {
    assertThat(splits.deserialize(splits.getVersion(), splits.serialize(SPLIT))).isEqualTo(SPLIT);
  }

  @Test
  void unassignedSplitsComeBack() throws IOException {
    for (List<FlightsSplit> some : List.of(List.<FlightsSplit>of(), List.of(SPLIT))) {
      UnassignedSplits state = new UnassignedSplits(some);
      assertThat(unassigned.deserialize(unassigned.getVersion(), unassigned.serialize(state)))
          .isEqualTo(state);
    }
  }

  @Test
  void otherVersionsAreRefused() {
    assertThatThrownBy(() -> splits.deserialize(9, splits.serialize(SPLIT)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 9");
  }

  @Test
  void truncatedPositionsAreRefused() {
    assertThatThrownBy(() -> splits.deserialize(splits.getVersion(), new byte[9]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut short");
  }
}
