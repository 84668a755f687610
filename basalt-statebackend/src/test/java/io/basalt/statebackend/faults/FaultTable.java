package io.basalt.statebackend.faults;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of faults and suites as Markdown. */
final class FaultTable {

  private static final String NOT_CAUGHT = "–";

  /** Which program it was says more than that it was one. */
  private static final Pattern PROGRAM = Pattern.compile("seed -?\\d+");

  private FaultTable() {}

  /**
   * The table.
   *
   * @param withoutFault the suites and how long each takes if it has nothing to find
   * @param rows what each suite has found, by fault
   */
  static String of(Map<Suite, Verdict> withoutFault, Map<Fault, Map<Suite, Verdict>> rows) {
    StringBuilder table =
        new StringBuilder("| fault | what a user would see | place | caught in every build by |");
    withoutFault.keySet().forEach(suite -> table.append(' ').append(suite.title()).append(" |"));
    table.append("\n| --- | --- | --- | --- |");
    withoutFault.keySet().forEach(suite -> table.append(" --- |"));
    table.append('\n');
    rows.forEach(
        (fault, row) ->
            table.append(
                line(
                    "`" + fault.id() + "`",
                    fault.consequence(),
                    "`" + fault.file().replace(".java", "") + "`",
                    catcher(fault),
                    row)));
    table.append("| (none) | | | | ");
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
      String fault, String consequence, String place, String catcher, Map<Suite, Verdict> row) {
    return "| "
        + String.join(" | ", fault, consequence, place, catcher)
        + " | "
        + row.values().stream().map(FaultTable::cell).collect(Collectors.joining(" | "))
        + " |\n";
  }

  /** As documents name tests: the class and the method. */
  private static String catcher(Fault fault) {
    String test = fault.catcher();
    return "`" + test.substring(test.lastIndexOf('.') + 1).replace('#', '.') + "`";
  }

  private static String cell(Verdict verdict) {
    Matcher program = PROGRAM.matcher(verdict.message());
    String test = program.find() ? program.group() : "`" + verdict.test() + "`";
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
