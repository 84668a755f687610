/**
 * What it costs that compactions remove expired entries.
 *
 * <p>It owns the group of that. It must not measure what operations on such states cost, which
 * {@code operations} does.
 */
@NullMarked
package io.basalt.benchmarks.expiry;

import org.jspecify.annotations.NullMarked;
