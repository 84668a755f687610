package io.basalt.benchmarks.eviction;

import java.util.Arrays;

/** Traces of keyed jobs that real flights go through. */
final class RecordedTraces {

  private static final int MINUTES_OF_HOUR = 60;
  private static final int MINUTES_OF_DAY = 24 * MINUTES_OF_HOUR;
  private static final int NOBODY = -1;

  private final Flights flights;

  RecordedTraces(Flights flights) {
    this.flights = flights;
  }

  /** What a job does with one flight. */
  @FunctionalInterface
  private interface Job {
    void take(int flight, Trace trace);
  }

  /** A sum for each route. */
  Trace routes() {
    return trace(this::countRoute);
  }

  /**
   * A sum for each scheduled flight: the flights of a route that leave in the same quarter of an
   * hour, day after day.
   */
  Trace schedule() {
    return trace(scheduledFlights());
  }

  /** A sum for each route and day, which is read and cleared when the day is over. */
  Trace days() {
    return trace(new Windows(MINUTES_OF_DAY, 1));
  }

  /** A sum for each route and three hours, of which one begins every hour. */
  Trace slidingHours() {
    return trace(new Windows(MINUTES_OF_HOUR, 3));
  }

  /**
   * A row for each flight in the air, which waits for its landing. The departure reads what is
   * known of the route, the landing adds to a sum for the airport.
   */
  Trace pendingRows() {
    return trace(new PendingRows());
  }

  /** All of the jobs in one cache, flight by flight. */
  Trace together() {
    int[][] ends = new int[5][flights.count()];
    Trace[] traces = {
      trace(this::countRoute, ends[0]),
      trace(scheduledFlights(), ends[1]),
      trace(new Windows(MINUTES_OF_DAY, 1), ends[2]),
      trace(new Windows(MINUTES_OF_HOUR, 3), ends[3]),
      trace(new PendingRows(), ends[4])
    };
    Trace together = new Trace(Arrays.stream(traces).mapToInt(Trace::length).sum());
    for (int flight = 0; flight < flights.count(); flight++) {
      int firstKey = 0;
      for (int job = 0; job < traces.length; job++) {
        int from = flight == 0 ? 0 : ends[job][flight - 1];
        together.addAll(traces[job], from, ends[job][flight], firstKey);
        firstKey += traces[job].keys();
      }
    }
    return together;
  }

  private Trace trace(Job job) {
    return trace(job, new int[flights.count()]);
  }

  /**
   * @param ends filled with where the trace ends after each flight
   */
  private Trace trace(Job job, int[] ends) {
    Trace trace = new Trace(2 * flights.count());
    for (int flight = 0; flight < flights.count(); flight++) {
      job.take(flight, trace);
      ends[flight] = trace.length();
    }
    return trace;
  }

  private void countRoute(int flight, Trace trace) {
    trace.change(flights.route(flight));
  }

  private Job scheduledFlights() {
    int quarters = MINUTES_OF_DAY / 15;
    int[] keys = new int[flights.routeCount() * quarters];
    Arrays.fill(keys, NOBODY);
    int[] known = {0};
    return (flight, trace) -> {
      int quarter = flights.minute(flight) % MINUTES_OF_DAY / 15;
      int scheduled = flights.route(flight) * quarters + quarter;
      if (keys[scheduled] == NOBODY) {
        keys[scheduled] = known[0]++;
      }
      trace.change(keys[scheduled]);
    };
  }

  /** Windows by route; each has a key of its own. */
  private final class Windows implements Job {

    private final int slide;
    private final int overlapping;

    /** The open windows by the slide in which they end, and by route. */
    private final int[][] keys;

    private int now;
    private int windows;

    Windows(int slide, int overlapping) {
      this.slide = slide;
      this.overlapping = overlapping;
      keys = new int[overlapping][flights.routeCount()];
      for (int[] byRoute : keys) {
        Arrays.fill(byRoute, NOBODY);
      }
    }

    @Override
    public void take(int flight, Trace trace) {
      for (; now < flights.minute(flight) / slide; now++) {
        endAll(keys[now % overlapping], trace);
      }
      for (int window = 0; window < overlapping; window++) {
        int[] byRoute = keys[(now + window) % overlapping];
        int route = flights.route(flight);
        if (byRoute[route] == NOBODY) {
          byRoute[route] = windows++;
        }
        trace.change(byRoute[route]);
      }
    }

    private void endAll(int[] byRoute, Trace trace) {
      for (int route = 0; route < byRoute.length; route++) {
        if (byRoute[route] != NOBODY) {
          trace.read(byRoute[route]);
          trace.clear(byRoute[route]);
          byRoute[route] = NOBODY;
        }
      }
    }
  }

  private final class PendingRows implements Job {

    /** The flights that land in a minute: the first of them, and for each the next. */
    private final int[] landing = new int[lastMinute() + 1];

    private final int[] alsoLanding = new int[flights.count()];
    private final int firstRoute = flights.count();
    private final int firstAirport = firstRoute + flights.routeCount();
    private int now;

    PendingRows() {
      Arrays.fill(landing, NOBODY);
    }

    @Override
    public void take(int flight, Trace trace) {
      for (; now < flights.minute(flight); now++) {
        for (int landed = landing[now]; landed != NOBODY; landed = alsoLanding[landed]) {
          trace.read(landed);
          trace.clear(landed);
          trace.change(firstAirport + flights.destination(landed));
        }
      }
      trace.read(firstRoute + flights.route(flight));
      trace.change(flight);
      int minute = flights.landing(flight);
      alsoLanding[flight] = landing[minute];
      landing[minute] = flight;
    }

    private int lastMinute() {
      int last = 0;
      for (int flight = 0; flight < flights.count(); flight++) {
        last = Math.max(last, flights.landing(flight));
      }
      return last;
    }
  }
}
