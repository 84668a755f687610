package io.basalt.benchmarks.operations;

import org.apache.flink.api.common.state.StateTtlConfig;

/** The same with a time to live. */
public class TtlListBenchmark extends ListBenchmark {

  @Override
  StateTtlConfig timeToLive() {
    return TimeToLive.HOUR;
  }
}
