package io.basalt.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The four files computed from the input in the plainest way, without Flink and without a class of
 * the job: every list of delays is kept as it is and looked at in the end.
 */
public final class ExpectedResults {

  private final Map<String, Map<String, List<Integer>>> byRoute = new TreeMap<>();
  private final Map<String, Map<String, List<Integer>>> byAirportDay = new TreeMap<>();
  private final Map<String, Map<Integer, List<Integer>>> byAirportHour = new TreeMap<>();
  private final Map<String, List<LocalDateTime>> departures = new TreeMap<>();

  private ExpectedResults() {}

  /** The contents of the files by their names, for the first flights of an unpacked input. */
  public static Map<String, String> of(InputStream input, long flights) throws IOException {
    ExpectedResults results = new ExpectedResults();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
      lines.lines().skip(1).limit(flights).forEach(results::add);
    }
    return Map.of(
        "routes.csv", results.routes(),
        "airport_days.csv", results.airportDays(),
        "hours.csv", results.hours(),
        "quiet.csv", results.quietTimes());
  }

  private void add(String line) {
    String[] columns = line.split(",", -1);
    LocalDateTime departure = LocalDateTime.parse(columns[0]);
    int delay = Integer.parseInt(columns[1]);
    String origin = columns[3];
    listIn(byRoute, origin, columns[4]).add(delay);
    listIn(byAirportDay, origin, columns[0].substring(0, 10)).add(delay);
    listIn(byAirportHour, origin, departure.getHour()).add(delay);
    departures.computeIfAbsent(origin, key -> new ArrayList<>()).add(departure);
  }

  private String routes() {
    return lines(
        "origin,destination,flights,mean_delay_minutes,worst_delay_minutes",
        byRoute,
        delays ->
            delays.size()
                + ","
                + mean(delays)
                + ","
                + delays.stream().mapToInt(Integer::intValue).max().orElseThrow());
  }

  private String airportDays() {
    return lines(
        "airport,date,departures,late_departures,worst_streak",
        byAirportDay,
        delays ->
            delays.size()
                + ","
                + delays.stream().filter(delay -> delay > 15).count()
                + ","
                + worstStreak(delays));
  }

  private String hours() {
    return lines(
        "airport,hour,departures,mean_delay_minutes",
        byAirportHour,
        delays -> delays.size() + "," + mean(delays));
  }

  private String quietTimes() {
    StringBuilder lines = new StringBuilder("airport,from,to,minutes\n");
    departures.forEach(
        (airport, times) -> {
          for (int i = 1; i < times.size(); i++) {
            long minutes = Duration.between(times.get(i - 1), times.get(i)).toMinutes();
            if (minutes >= 360) {
              lines.append(
                  String.join(
                      ",",
                      airport,
                      times.get(i - 1).toString(),
                      times.get(i).toString(),
                      minutes + "\n"));
            }
          }
        });
    return lines.toString();
  }

  private static String mean(List<Integer> delays) {
    BigDecimal sum =
        delays.stream().map(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
    return sum.divide(BigDecimal.valueOf(delays.size()), 2, RoundingMode.HALF_UP).toPlainString();
  }

  private static int worstStreak(List<Integer> delays) {
    int worst = 0;
    int streak = 0;
    for (int delay : delays) {
      streak = delay > 15 ? streak + 1 : 0;
      worst = Math.max(worst, streak);
    }
    return worst;
  }

  private static <K> String lines(
      String header,
      Map<String, Map<K, List<Integer>>> groups,
      Function<List<Integer>, String> columns) {
    StringBuilder lines = new StringBuilder(header).append('\n');
    groups.forEach(
        (first, bySecond) ->
            bySecond.forEach(
                (second, delays) ->
                    lines.append(first + "," + second + "," + columns.apply(delays)).append('\n')));
    return lines.toString();
  }

  private static <K> List<Integer> listIn(
      Map<String, Map<K, List<Integer>>> groups, String first, K second) {
    return groups
        .computeIfAbsent(first, key -> new TreeMap<>())
        .computeIfAbsent(second, key -> new ArrayList<>());
  }
}
