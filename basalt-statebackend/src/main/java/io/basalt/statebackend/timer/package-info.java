/**
 * The ordered queues of timers.
 *
 * <p>It owns the queue kept in a table and its cache; queues on the heap are Flink's own.
 *
 * <p>It must not know files, snapshot formats or RocksDB.
 */
@NullMarked
package io.basalt.statebackend.timer;

import org.jspecify.annotations.NullMarked;
