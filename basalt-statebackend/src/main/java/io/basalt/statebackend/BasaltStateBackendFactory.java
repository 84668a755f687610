package io.basalt.statebackend;

import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.StateBackendFactory;

/**
 * Makes the state backend from Flink's configuration: its name is the value of {@code
 * state.backend.type}.
 */
public final class BasaltStateBackendFactory implements StateBackendFactory<BasaltStateBackend> {

  /** Flink instantiates the factory by its name. */
  public BasaltStateBackendFactory() {}

  /**
   * Makes the state backend. Called on the client, the JobManager and every TaskManager.
   *
   * @throws IllegalConfigurationException if a value cannot be used; the message has the key, the
   *     value and what is allowed
   */
  @Override
  public BasaltStateBackend createFromConfig(ReadableConfig config, ClassLoader classLoader) {
    return new BasaltStateBackend().configure(config, classLoader);
  }
}
