package io.basalt.statebackend.older;

import io.basalt.statebackend.harness.Observations;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.util.Collector;

/**
 * A window of three numbers of a key, of which two are in the snapshot.
 *
 * <p>Compiled against older versions of Flink, too.
 */
final class ThreeNumbers extends ProcessWindowFunction<Long, String, Long, GlobalWindow> {

  static final int SIZE = 3;

  private static final long serialVersionUID = 1L;

  private final String job;

  ThreeNumbers(String job) {
    this.job = job;
  }

  @Override
  public void process(Long key, Context context, Iterable<Long> numbers, Collector<String> out) {
    StringBuilder all = new StringBuilder();
    for (Long number : numbers) {
      all.append(number).append(',');
    }
    Observations.add(job, OlderJob.describeWindow(key, all.toString()));
  }
}
