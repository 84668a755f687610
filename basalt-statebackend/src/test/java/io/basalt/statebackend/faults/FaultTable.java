package io.basalt.statebackend.faults;

import java.util.Map;
import java.util.stream.Collectors;

/** The table of faults and suites as Markdown. */
final class FaultTable {

  private static final String NOT_CAUGHT = "–";

  private FaultTable() {}

  /**
   * The table.
   *
   * @param withoutFault the suites and how long each takes if it has nothing to find
   * @param rows what each suite has found, by fault
   */
  static String of(Map<Suite, Verdict> withoutFault, Map<Fault, Map<Suite, Verdict>> rows) {
    StringBuilder table = new StringBuilder("| fault | what a user would see | place |");
    withoutFault.keySet().forEach(suite -> table.append(' ').append(suite.title()).append(" |"));
    table.append("\n| --- | --- | --- |");
    withoutFault.keySet().forEach(suite -> table.append(" --- |"));
    table.append('\n');
    rows.forEach(
        (fault, row) ->
            table.append(
                line(
                    "`" + fault.id() + "`",
                    fault.consequence(),
                    "`" + fault.file().replace(".java", "") + "`",
                    row)));
    table.append("| (none) | | | ");
    table.append(
        withoutFault.values().stream()
            .map(verdict -> verdict.test() + ", " + verdict.seconds() + " s")
            .collect(Collectors.joining(" | ")));
    table.append(" |\n");
    table.append("\nCaught of ").append(rows.size()).append(" faults: ");
    table.append(
        withoutFault.keySet().stream()
            .map(suite -> suite.title() + " " + caught(suite, rows))
            .collect(Collectors.joining(", ")));
    return table.append(".\n").toString();
  }

  private static String line(
      String fault, String consequence, String place, Map<Suite, Verdict> row) {
    return "| "
        + String.join(" | ", fault, consequence, place)
        + " | "
        + row.values().stream().map(FaultTable::cell).collect(Collectors.joining(" | "))
        + " |\n";
  }

  private static String cell(Verdict verdict) {
    String test = "`" + verdict.test() + "`";
    String seconds = ", " + verdict.seconds() + " s";
    return switch (verdict.outcome()) {
      case PASSED -> NOT_CAUGHT;
      case FAILED -> test + seconds;
      case HUNG -> test + " hangs" + seconds;
      case CRASHED -> test + " ends the JVM" + seconds;
    };
  }

  private static long caught(Suite suite, Map<Fault, Map<Suite, Verdict>> rows) {
    return rows.values().stream().filter(row -> row.get(suite).isCaught()).count();
  }
}
