package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.program.Model.Cell;
import java.util.Random;
import org.apache.flink.runtime.state.internal.InternalKvState;

/**
 * Where one step works: a state under the current key and namespace, and with what it plays.
 *
 * @param runningOn whose state it is
 * @param journal what is done is written there, for the history of a failure
 */
record Place(
    StateDefinition definition,
    Cell cell,
    OperatorSubtask<Object> subtask,
    InternalKvState<Object, Object, ?> state,
    long now,
    Participant.Type runningOn,
    Random random,
    Journal journal,
    Coverage coverage) {

  Domain<Object> values() {
    return definition.values();
  }

  // The state is of the kind that the definition says.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  <S> S as() {
    return (S) state;
  }

  /**
   * Whether objects may be changed after they were handed over or read, and maps come in the order
   * of their bytes: not on the heap, which keeps and gives out its own objects.
   */
  boolean holdsBytes() {
    return runningOn != Participant.Type.HEAP;
  }

  boolean isOnBasalt() {
    return runningOn == Participant.Type.BASALT;
  }

  /** An object that cannot be written; null where there is none, or where nothing is written. */
  Object unwritable() {
    return holdsBytes() ? Domains.unwritable(values()) : null;
  }

  void spoil(Domain<Object> domain, Object object) {
    if (holdsBytes()) {
      domain.spoil(object);
    }
  }

  /** The number of an object that a function can compute with, or of a long one now and then. */
  int anyNumber() {
    int number =
        switch (random.nextInt(300)) {
          case 0 -> Domains.HUGE;
          default ->
              random.nextInt(12) == 0
                  ? Domain.SMALL + random.nextInt(400)
                  : random.nextInt(Domain.SMALL);
        };
    if (number == Domains.HUGE && values().bytes(number).length() >= Domains.MEGABYTE) {
      coverage.count(Coverage.Event.MEGABYTE_WRITTEN);
    }
    return number;
  }

  void log(String what) {
    journal.add(cell + " " + what);
  }
}
