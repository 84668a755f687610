package io.basalt.benchmarks.report;

import java.util.List;

/**
 * What one backend took for one row, once in each round.
 *
 * @param values at least one, of which none is negative
 */
record Rounds(List<Double> values) {

  Rounds {
    values = values.stream().sorted().toList();
    if (values.isEmpty()) {
      throw new IllegalArgumentException("No round measured it.");
    }
  }

  double median() {
    int middle = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(middle)
        : (values.get(middle - 1) + values.get(middle)) / 2;
  }

  double lowest() {
    return values.get(0);
  }

  double highest() {
    return values.get(values.size() - 1);
  }
}
