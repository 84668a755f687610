package io.basalt.benchmarks.measure;

import java.util.Map;

/**
 * What one process measured of one piece of work.
 *
 * @param group the group of work, which had the process for itself
 * @param row what was done; the same for all backends
 * @param round starts at 1: every backend is measured once in each round
 */
public record Sample(
    String group, String row, Backend backend, int round, Map<Metric, Double> values) {}
