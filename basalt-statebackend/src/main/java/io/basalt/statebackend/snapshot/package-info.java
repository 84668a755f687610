/**
 * Writing snapshots: canonical, native and incremental.
 *
 * <p>It owns the short synchronous part, the cancellable asynchronous part and the ledger of shared
 * files (taken, confirmed, aborted, subsumed).
 *
 * <p>It must not restore anything.
 */
@NullMarked
package io.basalt.statebackend.snapshot;

import org.jspecify.annotations.NullMarked;
