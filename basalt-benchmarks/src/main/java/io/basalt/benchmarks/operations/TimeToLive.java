package io.basalt.benchmarks.operations;

import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;

/** How long state lives in the benchmarks of it. */
final class TimeToLive {

  /** Longer than any run, with Flink's defaults: written with each write, cleaned up aside. */
  static final StateTtlConfig HOUR =
      StateTtlConfig.newBuilder(Duration.ofHours(1))
          .setUpdateType(StateTtlConfig.UpdateType.OnCreateAndWrite)
          .build();

  private TimeToLive() {}
}
