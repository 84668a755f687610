/**
 * Gauges and counters: RocksDB's under the names its backend's users know, what Basalt chooses by
 * itself, and what the tier of live entries does.
 *
 * <p>It owns the registration of metrics and when they are read.
 *
 * <p>It must not be on the path of a record, nor outlive the database it reads from.
 */
@NullMarked
package io.basalt.statebackend.metrics;

import org.jspecify.annotations.NullMarked;
