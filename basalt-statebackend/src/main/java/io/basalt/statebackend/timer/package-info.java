/**
 * The ordered queues of timers.
 *
 * <p>It owns the queue that is kept in a table, and in the tier above it if there is one, with the
 * cache of its first elements, the way a restored queue comes back under a new serializer, and the
 * rule which snapshots need the timers as raw keyed state; queues on the heap are Flink's own.
 *
 * <p>Restored timers are always a table of the catalog first, whatever kind of snapshot and of
 * queue they come from. A queue of the job takes its table over when it is created; until then, and
 * if it never is, the table stays and goes into every snapshot untouched.
 *
 * <p>It must not know files, snapshot formats or RocksDB.
 */
@NullMarked
package io.basalt.statebackend.timer;

import org.jspecify.annotations.NullMarked;
