/**
 * Which entries a cache over RocksDB should forget: policies, each written from its paper, on
 * recorded and made-up sequences of accesses, in one thread and without any backend.
 *
 * <p>It owns the policies, the traces and their tables.
 *
 * <p>It must not know Flink: an entry is a number here.
 */
@NullMarked
package io.basalt.benchmarks.eviction;

import org.jspecify.annotations.NullMarked;
