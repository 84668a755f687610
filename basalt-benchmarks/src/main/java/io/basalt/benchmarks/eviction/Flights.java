package io.basalt.benchmarks.eviction;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.tukaani.xz.XZInputStream;

/**
 * Real flights, column by column, in the order of their departures: those of the example. Airports
 * and routes are numbered in the order in which they first appear.
 */
final class Flights {

  static final int MOST = 3_000_000;

  private static final String RESOURCE = "us-flights-2001h1.csv.xz";
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2001, 1, 1, 0, 0);

  private final int[] minutes;
  private final int[] minutesInTheAir;
  private final int[] routes;
  private final int[] destinations;
  private final int routeCount;
  private final int airportCount;

  private Flights(
      int[] minutes,
      int[] minutesInTheAir,
      int[] routes,
      int[] destinations,
      int routeCount,
      int airportCount) {
    this.minutes = minutes;
    this.minutesInTheAir = minutesInTheAir;
    this.routes = routes;
    this.destinations = destinations;
    this.routeCount = routeCount;
    this.airportCount = airportCount;
  }

  int count() {
    return minutes.length;
  }

  /** When it leaves: minutes from the first day on. */
  int minute(int flight) {
    return minutes[flight];
  }

  /** When it has landed, about: half an hour on the ground, and eight miles a minute. */
  int landing(int flight) {
    return minutes[flight] + minutesInTheAir[flight];
  }

  int route(int flight) {
    return routes[flight];
  }

  int destination(int flight) {
    return destinations[flight];
  }

  int routeCount() {
    return routeCount;
  }

  int airportCount() {
    return airportCount;
  }

  /** Reads the first so many. */
  static Flights read(int count) throws IOException {
    int[] minutes = new int[count];
    int[] minutesInTheAir = new int[count];
    int[] routes = new int[count];
    int[] destinations = new int[count];
    Map<String, Integer> airportNumbers = new HashMap<>();
    Map<String, Integer> routeNumbers = new HashMap<>();
    int flights = 0;
    try (InputStream packed = Flights.class.getResourceAsStream(RESOURCE)) {
      if (packed == null) {
        throw new IOException("The build has left out " + RESOURCE);
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new XZInputStream(packed), StandardCharsets.US_ASCII));
      String header = lines.readLine();
      if (!"departure,delay_minutes,distance_miles,origin,destination".equals(header)) {
        throw new IOException(RESOURCE + " begins with " + header);
      }
      for (; flights < count; flights++) {
        String line = lines.readLine();
        if (line == null) {
          break;
        }
        String[] fields = line.split(",", -1);
        minutes[flights] =
            (int) ChronoUnit.MINUTES.between(FIRST_DAY, LocalDateTime.parse(fields[0]));
        minutesInTheAir[flights] = 30 + Integer.parseInt(fields[2]) / 8;
        routes[flights] = number(routeNumbers, fields[3] + fields[4]);
        destinations[flights] = number(airportNumbers, fields[4]);
      }
    }
    return new Flights(
        Arrays.copyOf(minutes, flights),
        Arrays.copyOf(minutesInTheAir, flights),
        Arrays.copyOf(routes, flights),
        Arrays.copyOf(destinations, flights),
        routeNumbers.size(),
        airportNumbers.size());
  }

  private static int number(Map<String, Integer> numbers, String name) {
    return numbers.computeIfAbsent(name, unknown -> numbers.size());
  }
}
