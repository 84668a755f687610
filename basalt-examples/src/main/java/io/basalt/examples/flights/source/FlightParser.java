package io.basalt.examples.flights.source;

import io.basalt.examples.flights.record.DepartureTime;
import io.basalt.examples.flights.record.Flight;
import java.time.DateTimeException;

/**
 * Reads a line of the input. Keeps the last departure: in a file in order of departure most lines
 * repeat the time of the line before, and reading times would cost more than all the rest.
 */
final class FlightParser {

  static final String HEADER = "departure,delay_minutes,distance_miles,origin,destination";

  private static final int COLUMNS = 5;

  private String departureText = "";
  private long departure;

  /**
   * Reads a line after the header.
   *
   * @throws FlightFormatException if it is not a flight; the message says what is wrong with it,
   *     the caller knows which line it is
   */
  Flight parse(String line) throws FlightFormatException {
    String[] columns = columnsOf(line);
    if (!columns[0].equals(departureText)) {
      departure = departureOf(columns[0]);
      departureText = columns[0];
    }
    return new Flight(
        departure, minutesOf(columns[1]), airportOf(columns[3]), airportOf(columns[4]));
  }

  private static String[] columnsOf(String line) throws FlightFormatException {
    String[] columns = new String[COLUMNS];
    int start = 0;
    for (int column = 0; column < COLUMNS; column++) {
      boolean last = column == COLUMNS - 1;
      int end = last ? line.length() : line.indexOf(',', start);
      if (end < 0 || (last && line.indexOf(',', start) >= 0)) {
        throw new FlightFormatException("expected the columns " + HEADER + ", found: " + line);
      }
      columns[column] = line.substring(start, end);
      start = end + 1;
    }
    return columns;
  }

  private static long departureOf(String text) throws FlightFormatException {
    try {
      return DepartureTime.parse(text);
    } catch (DateTimeException e) {
      throw new FlightFormatException(
          "expected a departure as 2001-01-31T23:59, found: " + text, e);
    }
  }

  private static int minutesOf(String text) throws FlightFormatException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new FlightFormatException("expected whole minutes of delay, found: " + text, e);
    }
  }

  private static String airportOf(String text) throws FlightFormatException {
    if (text.isEmpty()) {
      throw new FlightFormatException("expected an airport, found nothing");
    }
    return text;
  }
}
