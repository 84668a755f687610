package io.basalt.examples.flights.output;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A finished line of one of the files.
 *
 * @param file which one
 * @param line its columns, joined by commas
 */
public record ResultRow(ResultFile file, String line) {

  /** A row of these columns, in the order of the file's header, each as its text. */
  public static ResultRow of(ResultFile file, Object... columns) {
    return new ResultRow(
        file, Arrays.stream(columns).map(String::valueOf).collect(Collectors.joining(",")));
  }
}
