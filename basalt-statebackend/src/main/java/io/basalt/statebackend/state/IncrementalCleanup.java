package io.basalt.statebackend.state;

import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;

/** Whether Flink may clean up a state entry by entry, at every access, beside the job. */
final class IncrementalCleanup {

  private IncrementalCleanup() {}

  /**
   * Lets a visitor of all entries be made, unless it were for a cleanup that nobody asked for.
   *
   * <p>Flink tries to visit every state with a time to live whose cleanup "in background" is not
   * disabled, which it is by default, and then reads five entries more at every access. That suits
   * a heap. Here the cleanup in background is the compaction filter, and each of the five would
   * cost as much as the access itself. A job that calls {@code cleanupIncrementally} gets what it
   * asks for.
   *
   * @throws UnsupportedOperationException which Flink takes as "not here"
   */
  static void checkVisitable(StateDescriptor<?, ?> descriptor) {
    StateTtlConfig configuration = descriptor.getTtlConfig();
    if (configuration.isEnabled() && isFlinksDefault(configuration)) {
      throw new UnsupportedOperationException(
          "Expired entries of state '"
              + descriptor.getName()
              + "' are removed by RocksDB's compactions. To have them removed at every access too,"
              + " call StateTtlConfig.Builder#cleanupIncrementally.");
    }
  }

  // The default strategy is one constant of Flink's, which a user's strategy never is: reference
  // equality is meant.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isFlinksDefault(StateTtlConfig configuration) {
    return configuration.getCleanupStrategies().getIncrementalCleanupStrategy()
        == StateTtlConfig.newBuilder(configuration.getTimeToLive())
            .build()
            .getCleanupStrategies()
            .getIncrementalCleanupStrategy();
  }
}
