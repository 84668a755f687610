package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.program.Coverage.Event;
import java.util.List;
import java.util.Random;

/** What another version of the job changes in its states, just after a restore. */
final class JobChanges {

  private static final int LAST_VERSION = 3;

  private final Execution execution;
  private final long completed;

  /**
   * Changes of what was restored.
   *
   * @param completed when the snapshot was complete, which may lack what had expired by then
   */
  JobChanges(Execution execution, long completed) {
    this.execution = execution;
    this.completed = completed;
  }

  /**
   * Some states are registered with the next version of their serializers, or with another time to
   * live, or with both. Those by all subtasks at once: snapshots of subtasks that disagree about a
   * state cannot be joined.
   */
  void make(long seed) throws Exception {
    Random versions = new Random(seed);
    Random timesToLive = new Random(~seed);
    List<StateDefinition> evolving = execution.definition().evolving();
    for (StateDefinition before : execution.definition().states()) {
      boolean evolves =
          evolving.contains(before)
              && versions.nextInt(3) == 0
              && execution.model().version(before) < LAST_VERSION;
      if (evolves) {
        evolve(before);
      }
      boolean mayBeSwitched = timesToLive.nextInt(3) == 0;
      TimeToLive next = TimeToLive.later(before.kind(), timesToLive);
      if (mayBeSwitched && before.switchable() && !next.equals(before.timeToLive())) {
        switchTo(next, before);
      } else if (evolves) {
        register(before);
      }
    }
  }

  private void evolve(StateDefinition state) {
    Model model = execution.model();
    model.evolve(state);
    execution
        .journal()
        .add("%s is migrated to version %d".formatted(state.name(), model.version(state)));
    execution.coverage().count(Event.STATE_MIGRATED);
  }

  private void switchTo(TimeToLive next, StateDefinition before) throws Exception {
    execution
        .journal()
        .add(
            "%s, which expired %s, expires %s".formatted(before.name(), before.timeToLive(), next));
    execution.model().live(before, next);
    execution.redefine();
    StateDefinition after = before.with(next);
    register(after);
    if (before.expires()) {
      execution.coverage().count(kindOfSwitch(before.timeToLive(), next));
      new SwitchedState(execution, before, after, completed).lookAtWhatHadExpired();
    } else {
      execution.coverage().count(Event.STATE_STARTS_TO_EXPIRE);
      new SwitchedState(execution, before, after, completed).everythingIsOfNow();
    }
  }

  private static Event kindOfSwitch(TimeToLive before, TimeToLive after) {
    if (after.isEndless()) {
      return Event.STATE_STOPS_TO_EXPIRE;
    }
    return before.milliseconds() < after.milliseconds()
        ? Event.STATE_LIVES_LONGER
        : Event.STATE_LIVES_SHORTER;
  }

  private void register(StateDefinition state) throws Exception {
    for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
      execution.states().under(subtask, state, state.namespaces().object(0));
    }
  }
}
