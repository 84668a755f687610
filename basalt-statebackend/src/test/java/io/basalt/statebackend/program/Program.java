package io.basalt.statebackend.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A seed's program: what it works on and its steps.
 *
 * @param seed makes the definition, again at every run: its serializers are used up by one
 */
record Program(long seed, List<Step> steps) {

  /** Of so many one has a tier with room for all timers, though few of them are at hand. */
  private static final int PROGRAMS_WITHOUT_ROOM = 4;

  /**
   * One step.
   *
   * @param seed all the randomness of the step, so that leaving out another one does not change it
   */
  record Step(Action action, long seed) {}

  static Program of(long seed, int length) {
    Random random = new Random(~seed);
    List<Step> steps = new ArrayList<>(length);
    for (int step = 0; step < length; step++) {
      steps.add(new Step(Action.random(random), random.nextLong()));
    }
    return new Program(seed, steps);
  }

  Program with(List<Step> otherSteps) {
    return new Program(seed, otherSteps);
  }

  Definition definition() {
    return Definition.random(new Random(seed), seed % PROGRAMS_WITHOUT_ROOM == 0);
  }

  /**
   * Runs it.
   *
   * @throws ProgramFailure if anything is not as the model says
   */
  void run(Coverage coverage) throws ProgramFailure {
    Journal journal = new Journal();
    Definition definition = definition();
    try (Execution execution = new Execution(seed, definition, journal, coverage)) {
      for (Step step : steps) {
        execution.step(step);
      }
      execution.end();
    } catch (Exception | AssertionError e) {
      throw new ProgramFailure(this, definition, journal, e);
    }
    coverage.count(Coverage.Event.PROGRAM);
    coverage.count(Coverage.Event.STEP, steps.size());
  }
}
