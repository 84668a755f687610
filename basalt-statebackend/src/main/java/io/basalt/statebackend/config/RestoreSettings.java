package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.INCREMENTAL_RESTORE_ASYNC_COMPACT_AFTER_RESCALE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.RESTORE_OVERLAP_FRACTION_THRESHOLD;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_DELETE_FILES_IN_RANGE_DURING_RESCALING;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * How a native snapshot is restored: what is checked, and how it comes to another parallelism.
 *
 * @param overlapFraction which part of a handle's key groups must be wanted for its database to be
 *     the one that the others are merged into, 0 to 1
 * @param ingestDatabases whether the files of clean databases are imported instead of their entries
 *     inserted
 * @param compactAfterRescale whether keys outside the range are compacted away in the background
 *     after the restore
 * @param deleteFilesInRange whether whole files outside the range are dropped
 * @param verify whether all table files are read and checked before they are used
 */
public record RestoreSettings(
    Setting<Double> overlapFraction,
    Setting<Boolean> ingestDatabases,
    Setting<Boolean> compactAfterRescale,
    Setting<Boolean> deleteFilesInRange,
    Setting<Boolean> verify)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<Boolean> VERIFY =
      ConfigOptions.key("state.backend.basalt.restore.verify")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether a restore from a native snapshot (checkpoint, native savepoint) reads all of"
                  + " its SST files and checks every block against its checksum before the job"
                  + " starts. Without it a damaged block of data is found when it is first read."
                  + " Canonical savepoints have no checksums unless they are compressed.");

  static RestoreSettings defaults() {
    return new RestoreSettings(
        Setting.byDefault(RESTORE_OVERLAP_FRACTION_THRESHOLD.defaultValue()),
        Setting.byDefault(USE_INGEST_DB_RESTORE_MODE.defaultValue()),
        Setting.byDefault(INCREMENTAL_RESTORE_ASYNC_COMPACT_AFTER_RESCALE.defaultValue()),
        Setting.byDefault(USE_DELETE_FILES_IN_RANGE_DURING_RESCALING.defaultValue()),
        Setting.byDefault(VERIFY.defaultValue()));
  }

  RestoreSettings read(SettingReader reader) {
    return new RestoreSettings(
        reader.last(overlapFraction, RESTORE_OVERLAP_FRACTION_THRESHOLD, Rule.FRACTION),
        reader.last(ingestDatabases, USE_INGEST_DB_RESTORE_MODE, Rule.FLAG),
        reader.last(
            compactAfterRescale, INCREMENTAL_RESTORE_ASYNC_COMPACT_AFTER_RESCALE, Rule.FLAG),
        reader.last(deleteFilesInRange, USE_DELETE_FILES_IN_RANGE_DURING_RESCALING, Rule.FLAG),
        reader.last(verify, VERIFY, Rule.FLAG));
  }
}
