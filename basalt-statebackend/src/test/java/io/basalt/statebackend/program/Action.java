package io.basalt.statebackend.program;

import java.util.Random;

/** What a step of a program is about, and how often it comes. */
enum Action {
  /** An operation on one state of one key and namespace. */
  USE_STATE(600),
  USE_TIMERS(120),
  LET_TIME_PASS(60),
  OPEN_KEY_STREAM(15),
  READ_KEY_STREAM(40),
  OPEN_MAP_WALK(20),
  GO_ON_WITH_MAP_WALK(60),
  MERGE_NAMESPACES(30),
  VISIT_STATE(10),
  APPLY_TO_ALL_KEYS(8),
  TRIGGER_SNAPSHOT(45),
  RUN_SNAPSHOT(50),
  COMPLETE_SNAPSHOT(40),
  ABORT_SNAPSHOT(8),
  CANCEL_SNAPSHOT(5),
  DELIVER_LATE_MESSAGE(10),
  RESTORE(14),
  CHECK_EVERYTHING(8);

  private static final int TOTAL;

  static {
    int total = 0;
    for (Action action : values()) {
      total += action.weight;
    }
    TOTAL = total;
  }

  private final int weight;

  Action(int weight) {
    this.weight = weight;
  }

  static Action random(Random random) {
    int number = random.nextInt(TOTAL);
    for (Action action : values()) {
      number -= action.weight;
      if (number < 0) {
        return action;
      }
    }
    throw new AssertionError(number);
  }
}
