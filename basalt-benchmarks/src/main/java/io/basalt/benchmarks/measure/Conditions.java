package io.basalt.benchmarks.measure;

import java.nio.file.Path;

/**
 * What a group of work is measured with.
 *
 * @param directory the process's own: empty at the beginning, deleted at the end
 * @param prepared shared by all processes of a run: what is costly to make is kept here by who made
 *     it first
 */
public record Conditions(Backend backend, Scale scale, int round, Path directory, Path prepared) {}
