/**
 * What it costs that states expire: compactions that remove expired entries, and the migration of
 * what did not expire before.
 *
 * <p>It owns the groups of that. It must not measure what operations on such states cost, which
 * {@code operations} does.
 */
@NullMarked
package io.basalt.benchmarks.expiry;

import org.jspecify.annotations.NullMarked;
