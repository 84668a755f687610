package io.basalt.benchmarks.run;

import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import java.util.List;
import java.util.Map;

/**
 * A run, as {@link ResultsFile} writes it to {@code results/*.json}.
 *
 * @param command what was typed
 * @param began date and time, in UTC
 * @param seconds that the run took
 * @param machine what it ran on: processor, cores, memory, disk, system, Java
 * @param versions of what was measured: Basalt's commit, Flink, RocksDB
 * @param descriptions of the groups, by name
 * @param samples in the order in which they were taken
 */
public record Results(
    String command,
    String began,
    long seconds,
    Scale scale,
    int rounds,
    Map<String, String> machine,
    Map<String, String> versions,
    Map<String, String> descriptions,
    List<Sample> samples) {}
