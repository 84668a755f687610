/**
 * The order of a run: every group of work in a process of its own, backend after backend, round
 * after round.
 *
 * <p>It owns processes, their memory and what becomes of their output.
 *
 * <p>It must not know what a group does.
 */
@NullMarked
package io.basalt.benchmarks.run;

import org.jspecify.annotations.NullMarked;
