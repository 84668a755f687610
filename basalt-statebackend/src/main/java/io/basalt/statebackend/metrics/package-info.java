/**
 * Gauges and counters under the names users of RocksDB's backend know.
 *
 * <p>It owns the registration of metrics and when they are read.
 *
 * <p>It must not be on the path of a record, nor outlive the database it reads from.
 */
@NullMarked
package io.basalt.statebackend.metrics;

import org.jspecify.annotations.NullMarked;
