package io.basalt.examples.flights;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/** Flink's configuration for a run; what it does not set is Flink's default. */
final class FlightsConfiguration {

  private static final String LOCALHOST = "localhost";

  /** Recoveries granted beyond the injected failures, for a machine's own bad luck. */
  private static final int SPARE_RESTARTS = 3;

  private FlightsConfiguration() {}

  /** The configuration of the job and of the cluster that runs it. */
  static Configuration of(FlightsSettings settings) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, settings.backend().type());
    checkpoints(configuration, settings);
    recovery(configuration, settings);
    cluster(configuration, settings);
    // A type that Flink does not know would be serialized by Kryo, slowly and unreadable to the
    // next version of its class: an error instead.
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    return configuration;
  }

  private static void checkpoints(Configuration configuration, FlightsSettings settings) {
    String directory = settings.checkpointDirectory().toUri().toString();
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory);
    configuration.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, directory);
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
    // Flink makes up for a slow checkpoint by starting the next ones sooner; not at once, though.
    configuration.set(
        CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS,
        settings.checkpointInterval().dividedBy(2));
    // The one that is shown when the job is interrupted must not be gone a moment later.
    configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
    // A job that was cancelled or gave up can be continued from its last checkpoint; one that has
    // finished cleans up behind itself.
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
  }

  private static void recovery(Configuration configuration, FlightsSettings settings) {
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS,
        settings.failures() + SPARE_RESTARTS);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
  }

  private static void cluster(Configuration configuration, FlightsSettings settings) {
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, settings.parallelism());
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE,
        MemorySize.ofMebiBytes(128L * settings.parallelism()));
    configuration.set(RestOptions.ADDRESS, LOCALHOST);
    configuration.set(RestOptions.BIND_ADDRESS, LOCALHOST);
    // The well-known port where the interface is wanted, if it is free; any port where it is not.
    configuration.set(RestOptions.BIND_PORT, settings.webInterface() ? "8081-8181" : "0");
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, settings.webInterface());
  }
}
