package io.basalt.examples.flights.record;

/** A pair of airports in the direction flown: the key of what is counted by route. */
public record Route(String origin, String destination) {

  /**
   * Written out, because the hash of a key decides its key group and so where a snapshot keeps its
   * state. The one a record brings along may change with the JDK; {@link String}'s may not.
   */
  @Override
  public int hashCode() {
    return 31 * origin.hashCode() + destination.hashCode();
  }
}
