package io.basalt.benchmarks.subject;

import io.basalt.benchmarks.measure.Backend;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/**
 * A backend as a user would configure it: Flink's defaults, incremental checkpoints, and what is
 * said here.
 *
 * @param managedBytes managed memory of one task, all of it for its keyed backend. The heap backend
 *     uses none.
 * @param options by key, as in Flink's configuration
 */
public record SubjectSettings(
    Backend backend, long managedBytes, boolean localRecovery, Map<String, String> options) {

  public SubjectSettings {
    options = Map.copyOf(options);
  }

  public static SubjectSettings of(Backend backend, long managedBytes) {
    return new SubjectSettings(backend, managedBytes, false, Map.of());
  }

  public SubjectSettings withLocalRecovery() {
    return new SubjectSettings(backend, managedBytes, true, options);
  }

  public SubjectSettings with(String key, String value) {
    Map<String, String> more = new HashMap<>(options);
    more.put(key, value);
    return new SubjectSettings(backend, managedBytes, localRecovery, more);
  }

  Configuration configuration(Path localDirectory) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, backend.option());
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, localDirectory.toString());
    configuration.set(StateRecoveryOptions.LOCAL_RECOVERY, localRecovery);
    options.forEach(configuration::setString);
    return configuration;
  }
}
