/**
 * The expiry of state.
 *
 * <p>It owns the seam by which a table's compaction filter learns, after the table's creation, what
 * expires.
 *
 * <p>It must not be on the path of a record: Flink's own decorators check what is read.
 */
@NullMarked
package io.basalt.statebackend.ttl;

import org.jspecify.annotations.NullMarked;
