/**
 * What is measured and how it is written down: the backends, the scale of a run, the usage of CPU
 * and memory, latencies, and the sample that one process reports.
 *
 * <p>It owns the vocabulary that all other packages share.
 *
 * <p>It must not know Flink or how anything is run.
 */
@NullMarked
package io.basalt.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
