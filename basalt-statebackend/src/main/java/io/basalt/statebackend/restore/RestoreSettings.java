package io.basalt.statebackend.restore;

/**
 * What of the configuration a restore depends on.
 *
 * <p>{@code use-ingest-db-restore-mode}, {@code rescaling.use-delete-files-in-range} and {@code
 * incremental-restore-async-compact-after-rescale} are not among them: they ask for faster ways to
 * the same state, and so far there is one way.
 *
 * @param transferThreads how many files are downloaded at once
 * @param overlapFractionThreshold the share of its key groups that a snapshot's database must have
 *     in common with the task to be taken over and clipped ({@code
 *     state.backend.rocksdb.restore-overlap-fraction-threshold}); entries of any other are copied
 */
public record RestoreSettings(int transferThreads, double overlapFractionThreshold) {}
