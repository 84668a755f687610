/**
 * Streams of keys over state that is larger or smaller than what a backend keeps at hand, with
 * checkpoints going on.
 *
 * <p>It owns the kinds of values and windows.
 *
 * <p>It must not know other parts.
 */
@NullMarked
package io.basalt.benchmarks.workingset;

import org.jspecify.annotations.NullMarked;
