package io.basalt.examples.flights.output;

import java.util.Comparator;

/**
 * A file of results: its name, its header line, and the order of its rows. The first two columns
 * are the key of each.
 */
public enum ResultFile {
  /** How late the flights of each route are. */
  ROUTES(
      "routes.csv",
      "origin,destination,flights,mean_delay_minutes,worst_delay_minutes",
      SecondKey.TEXT),

  /** How the departures of each airport went, day by day. */
  AIRPORT_DAYS(
      "airport_days.csv", "airport,date,departures,late_departures,worst_streak", SecondKey.TEXT),

  /** How late the departures of each airport are in each hour of the day. */
  HOURS("hours.csv", "airport,hour,departures,mean_delay_minutes", SecondKey.NUMBER),

  /** When nothing left an airport for a long time. */
  QUIET("quiet.csv", "airport,from,to,minutes", SecondKey.TEXT);

  /** How the second column is compared. Dates and times as ISO 8601 writes them sort as text. */
  private enum SecondKey {
    TEXT,
    NUMBER
  }

  private final String fileName;
  private final String header;
  private final SecondKey secondKey;

  ResultFile(String fileName, String header, SecondKey secondKey) {
    this.fileName = fileName;
    this.header = header;
    this.secondKey = secondKey;
  }

  /** The file's name in the directory of results. */
  public String fileName() {
    return fileName;
  }

  /** The first line. */
  public String header() {
    return header;
  }

  /** The order of the lines after the header: by their keys, of which no two are equal. */
  Comparator<String> order() {
    Comparator<String[]> byFirst = Comparator.comparing(columns -> columns[0]);
    Comparator<String[]> bySecond =
        secondKey == SecondKey.NUMBER
            ? Comparator.comparingInt(columns -> Integer.parseInt(columns[1]))
            : Comparator.comparing(columns -> columns[1]);
    return Comparator.comparing(line -> line.split(",", -1), byFirst.thenComparing(bySecond));
  }
}
