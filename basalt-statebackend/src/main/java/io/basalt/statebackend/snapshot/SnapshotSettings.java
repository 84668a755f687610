package io.basalt.statebackend.snapshot;

import java.nio.file.Path;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.StreamCompressionDecorator;

/**
 * How snapshots are taken.
 *
 * @param temporaryBase a directory that exists, on the volume of the database; what snapshots put
 *     there they delete
 * @param localRecovery whether and where a copy for local recovery is kept
 * @param compression how canonical snapshots compress key groups
 * @param cancellation closed when the task ends, which cancels every snapshot under way
 * @param incremental whether checkpoints refer to the files of earlier ones
 * @param transferThreads how many files are uploaded at once
 */
public record SnapshotSettings(
    Path temporaryBase,
    LocalRecoveryConfig localRecovery,
    StreamCompressionDecorator compression,
    CloseableRegistry cancellation,
    boolean incremental,
    int transferThreads) {}
