package io.basalt.statebackend.config;

import java.io.File;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.MemorySize;

/**
 * Which values of an option are allowed, and how an error message says so.
 *
 * <p>The rules are as strict as stock where stock refuses a value, at submission or on the
 * TaskManager, and no stricter where a stock job runs; the exceptions say so.
 */
record Rule<T>(String allowed, Predicate<T> accepts) {

  static final Rule<Boolean> FLAG = any("true or false");

  static final Rule<Integer> COUNT = any("a whole number");

  static final Rule<Integer> POSITIVE_COUNT =
      new Rule<>("a whole number larger than 0", value -> value > 0);

  static final Rule<Long> LONG_COUNT = any("a whole number");

  static final Rule<Double> NUMBER = any("a number");

  /** Written so that it refuses NaN. */
  static final Rule<Double> FRACTION =
      new Rule<>("a number from 0 to 1", value -> value >= 0 && value <= 1);

  static final Rule<MemorySize> SIZE = any("a size such as '64 mb', not negative");

  static final Rule<MemorySize> POSITIVE_SIZE =
      new Rule<>("a size larger than 0, such as '64 mb'", value -> value.getBytes() > 0);

  static final Rule<Duration> DURATION = any("a duration such as '30 d', not negative");

  static final Rule<String> ABSOLUTE_PATH =
      new Rule<>("an absolute path on the TaskManagers", value -> new File(value).isAbsolute());

  private static <T> Rule<T> any(String allowed) {
    return new Rule<>(allowed, value -> true);
  }

  /**
   * One constant of an enum. RocksDB's enums hold constants that no database can be opened with:
   * those are refused here, where stock's job would fail again and again on the TaskManager.
   */
  static <E extends Enum<E>> Rule<E> oneOf(Class<E> type, Set<String> unusable) {
    return new Rule<>("one of " + names(type, unusable), value -> !unusable.contains(value.name()));
  }

  /** A list of such constants. */
  static <E extends Enum<E>> Rule<List<E>> listOf(Class<E> type, Set<String> unusable) {
    return new Rule<>(
        "a list, separated by semicolons, of " + names(type, unusable),
        values -> values.stream().noneMatch(value -> unusable.contains(value.name())));
  }

  private static String names(Class<? extends Enum<?>> type, Set<String> unusable) {
    return Arrays.stream(type.getEnumConstants())
        .map(Enum::name)
        .filter(name -> !unusable.contains(name))
        .collect(Collectors.joining(", "));
  }
}
