/**
 * Snapshots, restores and rescales of gigabytes of state.
 *
 * <p>It owns the stored snapshots that restores start from, and the floor: copying the same files.
 *
 * <p>It must not know other parts.
 */
@NullMarked
package io.basalt.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
