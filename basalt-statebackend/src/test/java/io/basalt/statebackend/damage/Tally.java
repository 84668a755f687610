package io.basalt.statebackend.damage;

import java.util.Map;
import java.util.TreeMap;

/** How often what came of what; for docs/reliability.md. */
final class Tally {

  private final Map<String, Map<Outcome, Integer>> counts = new TreeMap<>();

  void count(String what, Outcome outcome) {
    counts.computeIfAbsent(what, key -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
  }

  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    counts.forEach((what, each) -> lines.append(what).append(": ").append(each).append('\n'));
    return lines.toString();
  }
}
