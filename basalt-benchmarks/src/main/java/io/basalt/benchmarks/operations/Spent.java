package io.basalt.benchmarks.operations;

import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Usage;
import java.util.Map;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.Result;

/**
 * What one iteration cost. JMH reports each public field beside its own score and adds up those of
 * the measured iterations; the warm-up's it drops.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Spent {

  public long operations;
  public long elapsedNanos;
  public long taskCpuNanos;
  public long processCpuNanos;
  public long allocatedBytes;
  public long collectionMillis;

  void set(Usage usage, long count) {
    operations = count;
    elapsedNanos = usage.elapsedNanos();
    taskCpuNanos = usage.taskCpuNanos();
    processCpuNanos = usage.processCpuNanos();
    allocatedBytes = usage.allocatedBytes();
    collectionMillis = usage.collectionMillis();
  }

  /** What JMH has made of the fields. */
  @SuppressWarnings("rawtypes") // JMH's own signature
  static Measurement measurement(Map<String, Result> results) {
    return new Measurement()
        .with(
            new Usage(
                sum(results, "elapsedNanos"),
                sum(results, "taskCpuNanos"),
                sum(results, "processCpuNanos"),
                sum(results, "allocatedBytes"),
                sum(results, "collectionMillis")),
            sum(results, "operations"));
  }

  @SuppressWarnings("rawtypes") // JMH's own signature
  private static long sum(Map<String, Result> results, String field) {
    Result result = results.get(field);
    if (result == null) {
      throw new IllegalStateException("JMH does not report " + field + " but " + results.keySet());
    }
    return (long) result.getStatistics().getSum();
  }
}
