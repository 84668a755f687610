package io.basalt.benchmarks.operations;

import org.apache.flink.api.common.state.StateTtlConfig;

/** The same with a time to live. */
public class TtlRowMapBenchmark extends RowMapBenchmark {

  @Override
  StateTtlConfig timeToLive() {
    return TimeToLive.HOUR;
  }
}
