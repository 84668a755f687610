/**
 * A keyed backend as a task has it, opened through Flink's own factory and interfaces, with its
 * checkpoints and restores.
 *
 * <p>It owns the task around a backend and the bookkeeping of its snapshots.
 *
 * <p>It must not measure anything but what a snapshot or a restore itself costs.
 */
@NullMarked
package io.basalt.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
