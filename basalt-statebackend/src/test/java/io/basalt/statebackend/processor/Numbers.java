package io.basalt.statebackend.processor;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.api.OperatorIdentifier;

/**
 * The numbers of a test and what comes of them. Each key has a first and a second one, which are
 * put into state, and a third, at which a job shows what it has.
 */
final class Numbers {

  static final int KEYS = 20;

  /** Numbers below are put into state. */
  static final int STORED = 2 * KEYS;

  static final int MAX_PARALLELISM = 16;
  static final OperatorIdentifier STATES = OperatorIdentifier.forUid("states");
  static final String WINDOWS_UID = "windows";
  static final OperatorIdentifier WINDOWS = OperatorIdentifier.forUid(WINDOWS_UID);

  /** Two in the snapshot and a third make a window. */
  static final int WINDOW = 3;

  /** In the year 2200. */
  private static final long FAR_AWAY = 7_258_118_400_000L;

  private Numbers() {}

  static long key(long number) {
    return number % KEYS;
  }

  static long eventTimeTimer(long key) {
    return 1_000 + key;
  }

  static long processingTimeTimer(long key) {
    return FAR_AWAY + key;
  }

  /** The state of each key. */
  static List<String> states() {
    List<String> states = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      states.add(Contents.expected(key, key, KEYS + key));
    }
    return states;
  }

  /** The state of each key with its timers, as a program sees it. */
  static List<String> statesAndTimers() {
    List<String> states = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      states.add(
          Contents.expected(key, key, KEYS + key)
              + ", timers "
              + List.of(eventTimeTimer(key))
              + List.of(processingTimeTimer(key)));
    }
    return states;
  }

  static String fired(long key) {
    return key + ": timer at " + eventTimeTimer(key);
  }

  static List<String> timersFired() {
    List<String> fired = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      fired.add(fired(key));
    }
    return fired;
  }

  /** What each pending window has added up. */
  static List<Long> sumsOfPendingWindows() {
    List<Long> sums = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      sums.add(key + (KEYS + key));
    }
    return sums;
  }

  static String window(long sum) {
    return "window: " + sum;
  }

  /** The windows that the third number of each key completes. */
  static List<String> windows() {
    List<String> windows = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      windows.add(window(key + (KEYS + key) + (STORED + key)));
    }
    return windows;
  }
}
