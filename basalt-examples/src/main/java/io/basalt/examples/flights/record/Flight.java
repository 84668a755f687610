package io.basalt.examples.flights.record;

/**
 * One flight of the input.
 *
 * @param departure local time of departure, see {@link DepartureTime}
 * @param delayMinutes minutes late; negative if it left early
 * @param origin code of the airport it left
 * @param destination code of the airport it flew to
 */
public record Flight(long departure, int delayMinutes, String origin, String destination) {

  /** The pair of airports, in the direction flown. */
  public Route route() {
    return new Route(origin, destination);
  }
}
