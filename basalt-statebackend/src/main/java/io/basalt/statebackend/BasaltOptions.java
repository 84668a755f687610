package io.basalt.statebackend;

import io.basalt.statebackend.config.RestoreSettings;
import org.apache.flink.configuration.ConfigOption;

/**
 * The options that only Basalt has. All others are Flink's ({@code state.backend.rocksdb.*}) and
 * mean what they mean there.
 */
public final class BasaltOptions {

  /**
   * Whether a restore from a checkpoint or native savepoint reads all of its SST files and checks
   * every block against its checksum before the job starts. Without it a damaged block of data is
   * found when it is first read.
   */
  public static final ConfigOption<Boolean> RESTORE_VERIFY = RestoreSettings.VERIFY;

  private BasaltOptions() {}
}
