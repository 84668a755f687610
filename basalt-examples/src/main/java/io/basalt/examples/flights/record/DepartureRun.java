package io.basalt.examples.flights.record;

/**
 * A run of consecutive departures of one airport, summed up so that two neighbouring runs can be
 * joined into one without going back to their flights.
 *
 * <p>The longest streak of late departures in two joined runs lies in the first, or in the second,
 * or across the seam: at the end of the first and the start of the second. Joining is associative,
 * which is what a reducing state needs; it is not commutative, so runs have to be joined in the
 * order of the departures.
 *
 * @param airport the airport all of them left
 * @param departures how many there are
 * @param late how many of them were late
 * @param lateAtStart how many were late before the first that was not
 * @param lateAtEnd how many were late after the last that was not
 * @param worstStreak the most that were late one after the other
 */
public record DepartureRun(
    String airport, int departures, int late, int lateAtStart, int lateAtEnd, int worstStreak) {

  /** A departure is late when it has more minutes of delay than this. */
  static final int TOLERATED_MINUTES = 15;

  /** The run of a single departure. */
  public static DepartureRun of(Flight flight) {
    int late = flight.delayMinutes() > TOLERATED_MINUTES ? 1 : 0;
    return new DepartureRun(flight.origin(), 1, late, late, late, late);
  }

  /** This run and the one that follows it at the same airport, as one. */
  public DepartureRun followedBy(DepartureRun next) {
    boolean allLate = late == departures;
    boolean allLateInNext = next.late == next.departures;
    return new DepartureRun(
        airport,
        departures + next.departures,
        late + next.late,
        allLate ? late + next.lateAtStart : lateAtStart,
        allLateInNext ? lateAtEnd + next.late : next.lateAtEnd,
        Math.max(Math.max(worstStreak, next.worstStreak), lateAtEnd + next.lateAtStart));
  }
}
