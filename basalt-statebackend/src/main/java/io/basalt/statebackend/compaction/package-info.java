/**
 * Compactions that the backend asks for itself: merging small files ({@code
 * state.backend.rocksdb.manual-compaction.*}).
 *
 * <p>It owns when and which files are merged, and the thread that does it.
 *
 * <p>It must not be on the path of a record, nor outlive the database whose files it merges.
 */
@NullMarked
package io.basalt.statebackend.compaction;

import org.jspecify.annotations.NullMarked;
