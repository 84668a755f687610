package io.basalt.statebackend.failures;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Participant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * A process of its own with a cluster and a job of twenty hostile operators, whose results it
 * compares with what they have to be.
 */
final class SmallHeapProgram {

  private static final int OPERATORS = 20;
  private static final long RECORDS = Long.getLong("basalt.heap.records", 600);
  private static final MemorySize MANAGED = MemorySize.ofMebiBytes(64);
  private static final MemorySize NETWORK = MemorySize.ofMebiBytes(32);

  private final long seed;

  private SmallHeapProgram(long seed) {
    this.seed = seed;
  }

  /**
   * Runs it.
   *
   * @param arguments a directory, a seed, how many bytes user code holds, the size of the tier if
   *     it is not to be the default
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    Configuration configuration = Participant.BASALT.configuration(directory.resolve("local"));
    if (arguments.length > 3) {
      configuration.setString(BasaltOptions.HOT_TIER_SIZE.key(), arguments[3]);
    }
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
    SmallHeapProgram program = new SmallHeapProgram(Long.parseLong(arguments[1]));
    program.run(configuration, new MemoryHog(Long.parseLong(arguments[2]), RECORDS));
    // Threads of the cluster must not keep the process from ending.
    Runtime.getRuntime().halt(0);
  }

  private void run(Configuration configuration, MemoryHog hog) throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    DataStream<Long> records = environment.fromSequence(0, RECORDS - 1);
    DataStream<String> results = null;
    for (int operator = 0; operator < OPERATORS; operator++) {
      DataStream<String> its =
          records
              .keyBy(keys(seed, operator))
              .process(new HostileOperator(seed, operator, operator == 0 ? hog : MemoryHog.none()));
      results = results == null ? its : results.union(its);
    }
    Set<String> found = new HashSet<>();
    try (CloseableIterator<String> iterator = results.executeAndCollect()) {
      iterator.forEachRemaining(found::add);
    }
    Set<String> expected = expected();
    if (!found.equals(expected)) {
      Set<String> missing = new HashSet<>(expected);
      missing.removeAll(found);
      found.removeAll(expected);
      throw new AssertionError("Results " + found + " for " + missing);
    }
    System.out.println(expected.size() + " results are right");
  }

  private static KeySelector<Long, Long> keys(long seed, int operator) {
    return record -> HostileInput.key(seed, operator, record);
  }

  /** Worked out with the numbers of the records only: their texts would not fit into the heap. */
  private Set<String> expected() {
    Set<String> expected = new HashSet<>();
    for (int operator = 0; operator < OPERATORS; operator++) {
      Map<Long, List<Long>> byKey = new TreeMap<>();
      for (long record = 0; record < RECORDS; record++) {
        byKey
            .computeIfAbsent(HostileInput.key(seed, operator, record), key -> new ArrayList<>())
            .add(record);
      }
      for (Map.Entry<Long, List<Long>> entry : byKey.entrySet()) {
        long sum = sum(operator, entry.getValue());
        expected.add(
            HostileOperator.result(operator, entry.getKey(), entry.getValue().size(), sum));
      }
    }
    return expected;
  }

  private long sum(int operator, List<Long> records) {
    HostileOperator.Kind kind = HostileOperator.kind(operator);
    if (kind == HostileOperator.Kind.VALUE) {
      return HostileOperator.sum(
          HostileInput.text(seed, operator, records.get(records.size() - 1)));
    }
    int first = 0;
    for (int place = 0; place < records.size(); place++) {
      int choice = HostileInput.choice(seed, operator, records.get(place));
      first = choice % HostileOperator.FORGETTING_PART == 0 ? place : first;
    }
    List<Long> kept = records.subList(first, records.size());
    if (kind == HostileOperator.Kind.MAP) {
      Map<String, Long> map = new HashMap<>();
      kept.forEach(record -> map.put(HostileOperator.mapKey(seed, operator, record), record));
      return map.entrySet().stream()
          .mapToLong(entry -> entry.getKey().hashCode() * 31L + entry.getValue())
          .sum();
    }
    long all = 0;
    for (long record : kept) {
      all = all * 31 + HostileOperator.sum(HostileInput.text(seed, operator, record));
    }
    return all;
  }
}
