/**
 * Everything of {@code org.rocksdb}: the database, its tables (column families), write batches,
 * cursors, options and memory shares; and that files it has just written are at hand to be read.
 *
 * <p>It owns every native object, each with one owner that closes it on every path; {@code
 * NativeCount} says what is still open.
 *
 * <p>It must not know the kinds of state or what a snapshot means.
 */
@NullMarked
package io.basalt.statebackend.store;

import org.jspecify.annotations.NullMarked;
