package io.basalt.examples.flights.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.examples.flights.record.DepartureTime;
import io.basalt.examples.flights.record.Flight;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlightParserTest {

  private final FlightParser parser = new FlightParser();

  @Test
  void readsAFlight() throws Exception {
    Flight flight = parser.parse("2001-01-31T23:59,-13,2345,ANC,LAX");
    assertThat(flight)
        .isEqualTo(new Flight(DepartureTime.parse("2001-01-31T23:59"), -13, "ANC", "LAX"));
    assertThat(DepartureTime.format(flight.departure())).isEqualTo("2001-01-31T23:59");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2001-01-31T23:59,-13,2345,ANC        | expected the columns departure,
          2001-01-31T23:59,-13,2345,ANC,LAX,1  | expected the columns departure,
          2001-01-31T23:59,late,2345,ANC,LAX   | expected whole minutes of delay, found: late
          2001-02-29T23:59,0,2345,ANC,LAX      | expected a departure as
          2001-01-31T23:59:30,0,2345,ANC,LAX   | expected a departure as
          2001-01-31T23:59,0,2345,,LAX         | expected an airport, found nothing
          """)
  void refusesWhatIsNoFlight(String line, String message) {
    assertThatThrownBy(() -> parser.parse(line))
        .isInstanceOf(FlightFormatException.class)
        .hasMessageContaining(message);
  }
}
