package io.basalt.examples.flights.record;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;

/**
 * Departures as Flink's event time: milliseconds since 1970.
 *
 * <p>The input has local times without a zone. They are read as if all airports stood in UTC: then
 * hours and days of event time are those printed in the input, and no hour is missing or counted
 * twice when the clocks change.
 */
public final class DepartureTime {

  /**
   * After every departure: the time of the watermark that Flink sends when a bounded source has
   * finished. A timer set to it fires then, once for each key. A job stopped with a savepoint sends
   * none, so such timers stay in the savepoint and fire where it is continued.
   */
  public static final long END_OF_INPUT = Long.MAX_VALUE;

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private DepartureTime() {}

  /**
   * Reads {@code yyyy-MM-ddTHH:mm}.
   *
   * @throws java.time.DateTimeException if the text is anything else
   */
  public static long parse(String text) {
    return LocalDateTime.parse(text, FORMAT).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /** Writes {@code yyyy-MM-ddTHH:mm}. */
  public static String format(long departure) {
    return dateTime(departure).format(FORMAT);
  }

  /** The day, which prints as {@code yyyy-MM-dd}. */
  public static LocalDate date(long departure) {
    return dateTime(departure).toLocalDate();
  }

  /** The hour of the day, 0 to 23. */
  public static int hour(long departure) {
    return dateTime(departure).getHour();
  }

  private static LocalDateTime dateTime(long departure) {
    return LocalDateTime.ofEpochSecond(Math.floorDiv(departure, 1000L), 0, ZoneOffset.UTC);
  }
}
