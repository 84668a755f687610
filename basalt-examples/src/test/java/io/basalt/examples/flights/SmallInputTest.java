package io.basalt.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of the four files at their edges, on inputs small enough to be checked by eye. */
class SmallInputTest {

  private static final String HEADER =
      "departure,delay_minutes,distance_miles,origin,destination\n";

  @TempDir Path directory;

  @Test
  void quietTimesAreSixHoursOrMoreBetweenTwoDepartures() throws Exception {
    Map<String, String> results =
        resultsOf(
            """
            2001-01-01T00:00,0,1,AAA,ZZZ
            2001-01-01T00:00,0,1,BBB,ZZZ
            2001-01-01T00:00,0,1,CCC,ZZZ
            2001-01-01T05:59,0,1,AAA,ZZZ
            2001-01-01T06:00,0,1,BBB,ZZZ
            2001-01-01T06:00,0,1,BBB,YYY
            2001-01-01T06:01,0,1,CCC,ZZZ
            2001-01-01T12:30,0,1,AAA,ZZZ
            2001-01-02T13:00,0,1,CCC,ZZZ
            """);

    // AAA: 359 minutes are too few, then 391. BBB: 360 are enough; the second departure in the
    // same minute ends nothing, and nothing ends the quiet time after it.
    assertThat(results.get("quiet.csv"))
        .isEqualTo(
            """
            airport,from,to,minutes
            AAA,2001-01-01T05:59,2001-01-01T12:30,391
            BBB,2001-01-01T00:00,2001-01-01T06:00,360
            CCC,2001-01-01T00:00,2001-01-01T06:01,361
            CCC,2001-01-01T06:01,2001-01-02T13:00,1859
            """);
  }

  @Test
  void meansAreRoundedHalfAwayFromZeroAndWorstIsTheLargest() throws Exception {
    Map<String, String> results =
        resultsOf(
            """
            2001-01-01T00:00,-1,1,AAA,ZZZ
            2001-01-01T00:01,-3,1,AAA,YYY
            2001-01-01T00:02,0,1,AAA,ZZZ
            2001-01-01T00:03,0,1,AAA,ZZZ
            2001-01-01T00:04,0,1,AAA,ZZZ
            2001-01-01T00:05,0,1,AAA,ZZZ
            2001-01-01T00:06,0,1,AAA,ZZZ
            2001-01-01T00:07,0,1,AAA,ZZZ
            2001-01-01T00:08,0,1,AAA,ZZZ
            2001-01-01T00:09,-8,1,AAA,YYY
            """);

    assertThat(results.get("routes.csv"))
        .isEqualTo(
            """
            origin,destination,flights,mean_delay_minutes,worst_delay_minutes
            AAA,YYY,2,-5.50,-3
            AAA,ZZZ,8,-0.13,0
            """);
    assertThat(results.get("quiet.csv")).isEqualTo("airport,from,to,minutes\n");
  }

  @Test
  void streaksEndAtMidnightAndAtFifteenMinutes() throws Exception {
    Map<String, String> results =
        resultsOf(
            """
            2001-01-01T20:00,16,1,AAA,ZZZ
            2001-01-01T21:00,15,1,AAA,ZZZ
            2001-01-01T22:00,16,1,AAA,ZZZ
            2001-01-01T22:00,99,1,AAA,YYY
            2001-01-01T23:59,16,1,AAA,ZZZ
            2001-01-02T00:00,16,1,AAA,ZZZ
            2001-01-02T00:01,-5,1,AAA,ZZZ
            """);

    assertThat(results.get("airport_days.csv"))
        .isEqualTo(
            """
            airport,date,departures,late_departures,worst_streak
            AAA,2001-01-01,5,4,3
            AAA,2001-01-02,2,1,1
            """);
  }

  @Test
  void hoursAreInTheOrderOfNumbers() throws Exception {
    Map<String, String> results =
        resultsOf(
            """
            2001-01-01T02:00,1,1,BBB,ZZZ
            2001-01-01T09:00,1,1,AAA,ZZZ
            2001-01-01T10:00,2,1,AAA,ZZZ
            2001-01-02T09:30,2,1,AAA,ZZZ
            2001-01-02T23:59,0,1,AAA,ZZZ
            """);

    assertThat(results.get("hours.csv"))
        .isEqualTo(
            """
            airport,hour,departures,mean_delay_minutes
            AAA,9,2,1.50
            AAA,10,1,2.00
            AAA,23,1,0.00
            BBB,2,1,1.00
            """);
  }

  @Test
  void flightsOutOfOrderAreAnErrorThatNamesTheLine() throws Exception {
    assertThatThrownBy(
            () ->
                resultsOf(
                    """
                    2001-01-01T02:00,1,1,BBB,ZZZ
                    2001-01-01T01:59,1,1,AAA,ZZZ
                    """))
        .isInstanceOf(FlightsFailedException.class)
        .hasMessageContaining("flights.csv, line 3: not in order of departure");
  }

  private Map<String, String> resultsOf(String flights) throws Exception {
    Path file = directory.resolve("flights.csv");
    Files.writeString(file, HEADER + flights);
    Runs runs = new Runs(directory, 0).reading(file).on(Backend.HASHMAP, 2);
    runs.run();
    return runs.results();
  }
}
