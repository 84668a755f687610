/**
 * The tier of live entries over the tables: what was read or changed lately stays here as it is,
 * and changes go down once for many, when there is no room for them or a checkpoint wants them.
 *
 * <p>It owns the entries, how much memory they may take, which go first, and the epochs in which
 * changes go down.
 *
 * <p>It must not know RocksDB, snapshots or Flink's runtime, nor load anything by itself: a lookup
 * says what is there, that nothing is, or that it does not know, and the caller looks below.
 */
@NullMarked
package io.basalt.statebackend.hot;

import org.jspecify.annotations.NullMarked;
