package io.basalt.statebackend.older;

import io.basalt.statebackend.harness.Feed;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job that wrote the archives, and what must be seen when it goes on from one. Numbers come in
 * rounds; a round has one for each key. Two rounds are stored, a third looks.
 *
 * <p>Compiled against older versions of Flink, too.
 */
final class OlderJob {

  static final int KEYS = 100;

  /** Numbers below are put into state. */
  static final int STORED = 2 * KEYS;

  static final int MAX_PARALLELISM = 16;
  static final int PARALLELISM = 2;

  /** How much is seen before the end of the job lets timers of event time fire. */
  static final int SEEN_BEFORE_THE_END = 2 * KEYS + KEYS / 10;

  private OlderJob() {}

  // Flink has other sources, but none that all versions have.
  @SuppressWarnings("deprecation")
  static void build(
      StreamExecutionEnvironment environment, Feed feed, String job, int parallelism) {
    environment.setParallelism(parallelism);
    environment.setMaxParallelism(MAX_PARALLELISM);
    DataStream<Long> numbers = environment.fromCollection(feed, Types.LONG).uid("numbers");
    numbers.keyBy(new KeyOfNumber()).process(new EveryState(job)).uid("states");
    numbers
        .keyBy(new KeyOfNumber())
        .countWindow(ThreeNumbers.SIZE)
        .process(new ThreeNumbers(job))
        .uid("windows");
  }

  /** A class, because older versions cannot tell the type of a lambda's key. */
  private static final class KeyOfNumber implements KeySelector<Long, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public Long getKey(Long number) {
      return number % KEYS;
    }
  }

  static boolean hasProcessingTimeTimer(long key) {
    return key % 10 == 3;
  }

  /** All that the job sees which goes on from a snapshot. */
  static Set<String> expected() {
    Set<String> expected = new TreeSet<>();
    for (long key = 0; key < KEYS; key++) {
      long first = key;
      long second = KEYS + key;
      Map<String, String> contents = new TreeMap<>();
      contents.put("value", String.valueOf(first + second));
      contents.put("list", "element " + first + ",element " + second + ",");
      Map<String, Long> entries = new TreeMap<>();
      entries.put("entry " + first, first);
      entries.put("entry " + second, second);
      contents.put("map", entries.toString());
      contents.put("reducing", String.valueOf(first + second));
      contents.put("aggregating", String.valueOf((first + second) / 2.0));
      contents.put("pojo", "key " + key + " " + second + " 2 " + second / 2.0);
      contents.put("expiring", "expires " + second);
      expected.add(describe(key, contents));
      expected.add(describeEventTimeTimer(key, 1_000 + key));
      if (hasProcessingTimeTimer(key)) {
        expected.add(describeProcessingTimeTimer(key));
      }
      expected.add(describeWindow(key, first + "," + second + "," + (STORED + key) + ","));
    }
    return expected;
  }

  static String describe(long key, Map<String, String> contents) {
    return "states of " + key + ": " + contents;
  }

  static String describeEventTimeTimer(long key, long timestamp) {
    return "timer of " + key + " at " + timestamp;
  }

  static String describeProcessingTimeTimer(long key) {
    return "timer of " + key + " in processing time";
  }

  static String describeWindow(long key, String numbers) {
    return "window of " + key + ": " + numbers;
  }
}
