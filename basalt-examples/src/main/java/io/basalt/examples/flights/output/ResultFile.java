package io.basalt.examples.flights.output;

import java.util.Comparator;

/** A file of results: its name, its header line, and the order of its rows. */
public enum ResultFile {
  /** How late the flights of each route are. */
  ROUTES(
      "routes.csv",
      "origin,destination,flights,mean_delay_minutes,worst_delay_minutes",
      byText(0).thenComparing(byText(1))),

  /** How the departures of each airport went, day by day. */
  AIRPORT_DAYS(
      "airport_days.csv",
      "airport,date,departures,late_departures,worst_streak",
      byText(0).thenComparing(byText(1))),

  /** How late the departures of each airport are in each hour of the day. */
  HOURS(
      "hours.csv",
      "airport,hour,departures,mean_delay_minutes",
      byText(0).thenComparing(byNumber(1))),

  /** When nothing left an airport for a long time. */
  QUIET("quiet.csv", "airport,from,to,minutes", byText(0).thenComparing(byText(1)));

  private final String fileName;
  private final String header;
  private final Comparator<String[]> order;

  ResultFile(String fileName, String header, Comparator<String[]> order) {
    this.fileName = fileName;
    this.header = header;
    this.order = order;
  }

  /** The file's name in the directory of results. */
  public String fileName() {
    return fileName;
  }

  /** The first line. */
  public String header() {
    return header;
  }

  /** The order of the lines after the header: by their key columns, of which no two are equal. */
  Comparator<String> order() {
    return Comparator.comparing(line -> line.split(",", -1), order);
  }

  /** Dates and times as ISO 8601 writes them are in order as texts, too. */
  private static Comparator<String[]> byText(int column) {
    return Comparator.comparing(columns -> columns[column]);
  }

  private static Comparator<String[]> byNumber(int column) {
    return Comparator.comparingInt(columns -> Integer.parseInt(columns[column]));
  }
}
