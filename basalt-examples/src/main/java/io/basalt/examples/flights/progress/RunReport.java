package io.basalt.examples.flights.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a run.
 *
 * @param backend the state backend
 * @param parallelism of everything but the source
 * @param flights how many flights of the input the results, or the savepoint, cover
 * @param firstFlight behind which flight the run started; not zero if it continued a snapshot
 * @param elapsed from submission to the end, failures and recoveries included
 * @param failures how many task failures were injected
 * @param recoveries how many times state was restored from a checkpoint after a failure
 * @param checkpoints how the checkpoints stood at the end
 * @param rowsByFile the number of rows in each result file; empty if it was stopped before the end
 * @param savepoint where the savepoint is, if it was stopped with one
 */
public record RunReport(
    String backend,
    int parallelism,
    long flights,
    long firstFlight,
    Duration elapsed,
    int failures,
    long recoveries,
    CheckpointStatus checkpoints,
    Map<String, Long> rowsByFile,
    Optional<String> savepoint) {

  /** Prints it as a table of two columns. */
  public void print(PrintStream out) {
    Map<String, String> table = table();
    int width = table.keySet().stream().mapToInt(String::length).max().orElse(0);
    table.forEach((name, value) -> out.printf("%-" + width + "s  %s%n", name, value));
  }

  private Map<String, String> table() {
    double seconds = Math.max(elapsed.toMillis(), 1) / 1e3;
    long read = flights - firstFlight;
    Map<String, String> table = new LinkedHashMap<>();
    table.put("state backend", backend);
    table.put("parallelism", Integer.toString(parallelism));
    table.put("flights", number(read) + (firstFlight > 0 ? after(firstFlight) : ""));
    table.put("seconds", String.format(Locale.ROOT, "%.1f", seconds));
    table.put("flights a second", number(Math.round(read / seconds)));
    table.put("failures injected", Integer.toString(failures));
    table.put("recovered from a checkpoint", Long.toString(recoveries));
    table.put("checkpoints completed", number(checkpoints.completed()));
    table.put("state in the last checkpoint", ByteSize.format(checkpoints.stateBytes()));
    rowsByFile.forEach((file, rows) -> table.put(file, number(rows) + " rows"));
    savepoint.ifPresent(path -> table.put("savepoint", path));
    return table;
  }

  private static String after(long firstFlight) {
    return " (those after the first " + number(firstFlight) + ")";
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
