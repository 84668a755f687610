/**
 * States that expire: what compactions are told of them.
 *
 * <p>It owns how a TTL configuration, the options and a state's layout become the expiry of a
 * table. Flink itself wraps such states: what a read or a write does is its business, what a
 * compaction does that of {@code store}.
 *
 * <p>It must not touch the hot path.
 */
@NullMarked
package io.basalt.statebackend.ttl;

import org.jspecify.annotations.NullMarked;
