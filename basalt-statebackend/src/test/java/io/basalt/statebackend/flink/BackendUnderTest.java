package io.basalt.statebackend.flink;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.state.ConfigurableStateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;

/**
 * The backends these suites know, each chosen the way a job chooses it: by the value of {@code
 * state.backend.type}, through Flink's own loader.
 *
 * <p>This is the only place that tells one backend from the other, so that everything said of
 * Basalt can be asked of stock too. That matters wherever a published test cannot apply: the reason
 * is only good if the same test cannot apply to stock.
 */
enum BackendUnderTest {
  BASALT("io.basalt.statebackend.BasaltStateBackendFactory"),
  STOCK("rocksdb");

  private static final String PROPERTY = "basalt.suites.backend";

  private final String type;

  BackendUnderTest(String type) {
    this.type = type;
  }

  /**
   * The backend the published suites run against: Basalt, unless the system property {@code
   * basalt.suites.backend} says {@code STOCK}.
   */
  static BackendUnderTest ofThisRun() {
    return valueOf(System.getProperty(PROPERTY, BASALT.name()));
  }

  /**
   * Loads the backend as the JobManager and the tasks do.
   *
   * @param configuration the rest of the configuration; it is not changed
   */
  ConfigurableStateBackend load(Configuration configuration) {
    Configuration chosen = new Configuration(configuration);
    chosen.set(StateBackendOptions.STATE_BACKEND, type);
    try {
      return (ConfigurableStateBackend)
          StateBackendLoader.loadStateBackendFromConfig(
              chosen, BackendUnderTest.class.getClassLoader(), null);
    } catch (Exception e) {
      throw new IllegalStateException("Cannot load the state backend '" + type + "'", e);
    }
  }
}
