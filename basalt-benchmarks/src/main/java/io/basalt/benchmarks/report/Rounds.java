package io.basalt.benchmarks.report;

import java.util.Collections;
import java.util.List;

/**
 * What one backend took for one row, once in each round.
 *
 * @param values in the order of the rounds; at least one, of which none is negative
 */
record Rounds(List<Double> values) {

  Rounds {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("No round measured it.");
    }
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double lowest() {
    return Collections.min(values);
  }

  double highest() {
    return Collections.max(values);
  }
}
