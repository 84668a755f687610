package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.program.StateDefinition.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;

/**
 * What a program works on.
 *
 * @param participants who may run it; it starts on the first
 * @param runsBeside whether the asynchronous parts of snapshots run on threads of their own
 */
record Definition(
    List<Participant> participants,
    Domain<Object> keys,
    int numberOfKeys,
    int keyGroups,
    List<StateDefinition> states,
    Domain<Object> timerNamespaces,
    boolean runsBeside) {

  private static final int[] KEY_GROUPS = {7, 128, 129, 1000, 32768};

  /**
   * Drawn at random.
   *
   * @param roomForTimers whether the tier has room for timers that are not at hand
   */
  static Definition random(Random random, boolean roomForTimers) {
    List<Participant> participants = participants(random, roomForTimers);
    boolean forHeap = has(participants, Participant.Type.HEAP);
    boolean forStock = has(participants, Participant.Type.STOCK);
    Domain<Object> keys =
        StateDefinition.untyped(forHeap ? Domains.anyComparable(random) : Domains.any(random));
    List<StateDefinition> states = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int count = 1 + random.nextInt(2); count > 0; count--) {
        states.add(StateDefinition.random("s" + states.size(), kind, forHeap, forStock, random));
      }
    }
    Definition definition =
        new Definition(
            participants,
            keys,
            4 + random.nextInt(10),
            KEY_GROUPS[random.nextInt(KEY_GROUPS.length)],
            states,
            StateDefinition.untyped(Domains.anyNamespace(random)),
            random.nextInt(4) == 0);
    // At last, so that what is drawn for a seed stays the same.
    return definition.with(state -> random.nextInt(3) == 0 ? state.unswitchable() : state);
  }

  private Definition with(UnaryOperator<StateDefinition> changed) {
    return new Definition(
        participants,
        keys,
        numberOfKeys,
        keyGroups,
        states.stream().map(changed).toList(),
        timerNamespaces,
        runsBeside);
  }

  /** What it works on as the version of the job has it that has written the model. */
  Definition asIn(Model model) {
    return with(state -> state.with(model.timeToLive(state)));
  }

  private static boolean has(List<Participant> participants, Participant.Type type) {
    return participants.stream().anyMatch(it -> it.type() == type);
  }

  private static List<Participant> participants(Random random, boolean roomForTimers) {
    PriorityQueueStateType[] timers = PriorityQueueStateType.values();
    Participant basalt =
        varied(Participant.BASALT, random, roomForTimers)
            .withTimers(timers[random.nextInt(timers.length)]);
    return switch (random.nextInt(8)) {
      // With timers in tables on both sides: see docs/compatibility.md on what stock loses.
      case 0, 1 ->
          shuffled(
              random,
              basalt.withTimers(PriorityQueueStateType.ROCKSDB),
              varied(Participant.STOCK, random, roomForTimers));
      case 2 -> shuffled(random, basalt, Participant.HEAP);
      default ->
          List.of(
              basalt,
              varied(Participant.BASALT, random, roomForTimers).withTimers(basalt.timers()));
    };
  }

  private static Participant varied(Participant participant, Random random, boolean roomForTimers) {
    int[] timersInMemory = {1, 2, 3, 128};
    Participant varied =
        participant.withSettings(
            SmallBuffers.settings(
                timersInMemory[random.nextInt(timersInMemory.length)], roomForTimers));
    if (random.nextInt(5) == 0) {
      varied = varied.withoutIncremental();
    }
    return random.nextInt(4) == 0 ? varied.withCompression() : varied;
  }

  private static List<Participant> shuffled(Random random, Participant one, Participant other) {
    return random.nextBoolean() ? List.of(one, other) : List.of(other, one);
  }

  /** The states whose serializers have later versions; other programs have the others. */
  List<StateDefinition> evolving() {
    List<StateDefinition> evolving = new ArrayList<>();
    for (int state = numberOfKeys % 2; state < states.size(); state += 2) {
      // Stock cannot migrate nulls in maps: see EvolvedStatesTest.
      if (states.get(state).kind() != Kind.MAP || !has(participants, Participant.Type.STOCK)) {
        evolving.add(states.get(state));
      }
    }
    return evolving;
  }

  /** Timers are kept by the hash code of their key. */
  boolean hasTimers() {
    return keys.hasStableHash();
  }

  @Override
  public String toString() {
    return "participants: "
        + participants
        + "\nkeys: "
        + numberOfKeys
        + " "
        + keys
        + " in "
        + keyGroups
        + " key groups, timers: "
        + (hasTimers() ? "of namespaces " + timerNamespaces : "none")
        + (runsBeside ? ", snapshots run beside the task" : "")
        + "\n"
        + states.stream().map(StateDefinition::toString).collect(Collectors.joining("\n"));
  }
}
