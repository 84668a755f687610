package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.program.Model.Cell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.java.tuple.Tuple2;

/** Streams of keys, some of them read little by little while the program goes on to write. */
final class KeyStreamReads {

  private static final int MOST_OPEN = 3;

  private final Execution execution;
  private final List<Open> open = new ArrayList<>();
  private final Map<Bytes, Integer> keyNumbers = new HashMap<>();

  KeyStreamReads(Execution execution) {
    this.execution = execution;
    for (int key = 0; key < execution.definition().numberOfKeys(); key++) {
      keyNumbers.put(execution.definition().keys().bytes(key), key);
    }
  }

  /** A stream that is being read. */
  private static final class Open {
    final String what;
    final Stream<Cell> stream;
    final Iterator<Cell> iterator;

    /** What it must show, and what it may show because it has expired but is perhaps there. */
    final Set<Cell> must;

    final Set<Cell> may;
    final Set<Cell> seen = new HashSet<>();
    final boolean repeats;
    boolean writtenSince;

    Open(String what, Stream<Cell> stream, Set<Cell> must, Set<Cell> may, boolean repeats) {
      this.repeats = repeats;
      this.what = what;
      this.stream = stream;
      this.iterator = stream.iterator();
      this.must = must;
      this.may = may;
    }
  }

  /** Opens one of a random subtask and state, and reads it at once where it must be. */
  void open(Random random) throws Exception {
    Definition definition = execution.definition();
    StateDefinition state = definition.states().get(random.nextInt(definition.states().size()));
    List<OperatorSubtask<Object>> subtasks = execution.operator().subtasks();
    OperatorSubtask<Object> subtask = subtasks.get(random.nextInt(subtasks.size()));
    Open opened =
        switch (random.nextInt(4)) {
          case 0 -> pairs(subtask, state);
          case 1 -> keysOfSeveral(subtask, state, random);
          default -> keys(subtask, state, random.nextInt(state.numberOfNamespaces()));
        };
    execution.journal().add("opened the " + opened.what);
    if (execution.runningOn().type() == Participant.Type.HEAP || open.size() == MOST_OPEN) {
      readToEnd(opened);
    } else {
      open.add(opened);
    }
  }

  void readSome(Random random) {
    if (open.isEmpty()) {
      return;
    }
    int chosen = random.nextInt(open.size());
    Open stream = open.get(chosen);
    for (int count = random.nextInt(4); count >= 0; count--) {
      if (!readNext(stream)) {
        open.remove(chosen);
        return;
      }
    }
    if (random.nextInt(6) == 0) {
      execution.journal().add("closed the " + stream.what);
      stream.stream.close();
      open.remove(chosen);
    }
  }

  /** Every stream of the state shows what it must. */
  void checkAll(StateDefinition state) throws Exception {
    for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
      readToEnd(pairs(subtask, state));
      for (int namespace = 0; namespace < state.numberOfNamespaces(); namespace++) {
        readToEnd(keys(subtask, state, namespace));
      }
    }
  }

  void changed() {
    open.forEach(stream -> stream.writtenSince = true);
  }

  /** The backend ends with streams open. */
  void abandon() {
    open.clear();
  }

  private void readToEnd(Open stream) {
    while (readNext(stream)) {
      // Reads on.
    }
  }

  private boolean readNext(Open stream) {
    if (!stream.iterator.hasNext()) {
      assertThat(stream.seen).as("what the %s has shown", stream.what).containsAll(stream.must);
      stream.stream.close();
      return false;
    }
    Cell cell = stream.iterator.next();
    if (stream.writtenSince) {
      execution.coverage().count(Coverage.Event.KEY_STREAM_READ_OVER_WRITES);
    }
    if (!showsEmptyMaps()) {
      assertThat(stream.may).as("what the %s may show", stream.what).contains(cell);
    }
    assertThat(stream.seen.add(cell) || stream.repeats).as("%s shown once", cell).isTrue();
    return true;
  }

  /** The heap keeps a map that nothing was ever put into. */
  private boolean showsEmptyMaps() {
    return execution.runningOn().type() == Participant.Type.HEAP;
  }

  /**
   * Stock repeats keys without {@code equals}, and keys of several states:
   * DeliberateDifferencesTest.
   */
  private boolean repeatsKeys() {
    return execution.runningOn().type() == Participant.Type.STOCK
        && !execution.definition().keys().hasStableHash();
  }

  private Open keys(OperatorSubtask<Object> subtask, StateDefinition state, int namespace)
      throws Exception {
    register(subtask, state);
    Stream<Object> keys =
        subtask.backend().getKeys(state.name(), state.namespaces().object(namespace));
    return open(
        "keys of " + state.name() + " of namespace " + namespace,
        keys.map(key -> cell(state, namespace, key)),
        subtask,
        state,
        cell -> cell.namespace() == namespace);
  }

  /** Of all states that have namespaces of the same type, shown as if they were of the first. */
  private Open keysOfSeveral(OperatorSubtask<Object> subtask, StateDefinition first, Random random)
      throws Exception {
    List<StateDefinition> states =
        execution.definition().states().stream()
            .filter(it -> it.namespaces().toString().equals(first.namespaces().toString()))
            .toList();
    int namespace = random.nextInt(first.numberOfNamespaces());
    Set<Cell> may = new HashSet<>();
    Set<Cell> must = new HashSet<>();
    for (StateDefinition state : states) {
      register(subtask, state);
      Open alone = open("", Stream.empty(), subtask, state, cell -> cell.namespace() == namespace);
      alone.may.forEach(cell -> may.add(new Cell(first.name(), namespace, cell.key())));
      alone.must.forEach(cell -> must.add(new Cell(first.name(), namespace, cell.key())));
    }
    List<String> names = states.stream().map(StateDefinition::name).toList();
    Stream<Object> keys = subtask.backend().getKeys(names, first.namespaces().object(namespace));
    return new Open(
        "keys of " + names + " of namespace " + namespace + " of " + subtask.range(),
        keys.map(key -> cell(first, namespace, key)),
        must,
        may,
        // Stock shows some twice, where a list and a map have them (seed -2446770437821108025).
        execution.runningOn().type() == Participant.Type.STOCK);
  }

  private Open pairs(OperatorSubtask<Object> subtask, StateDefinition state) throws Exception {
    register(subtask, state);
    Stream<Tuple2<Object, Object>> pairs = subtask.backend().getKeysAndNamespaces(state.name());
    return open(
        "keys and namespaces of " + state.name(),
        pairs.map(pair -> cell(state, namespaceNumber(state, pair.f1), pair.f0)),
        subtask,
        state,
        cell -> true);
  }

  private Open open(
      String what,
      Stream<Cell> cells,
      OperatorSubtask<Object> subtask,
      StateDefinition state,
      Function<Cell, Boolean> wanted) {
    Set<Cell> may = new HashSet<>();
    Set<Cell> must = new HashSet<>();
    StateActions actions = StateActions.of(state.kind());
    for (Cell cell : execution.model().cells()) {
      if (cell.state().equals(state.name())
          && execution.ownerOf(cell.key()) == subtask
          && wanted.apply(cell)) {
        may.add(cell);
        if (actions.isLive(state, execution.model().get(cell), execution.now())) {
          must.add(cell);
        }
      }
    }
    return new Open(what + " of " + subtask.range(), cells, must, may, repeatsKeys());
  }

  private void register(OperatorSubtask<Object> subtask, StateDefinition state) throws Exception {
    execution.states().under(subtask, state, state.namespaces().object(0));
  }

  Cell cell(StateDefinition state, int namespace, Object key) {
    return new Cell(state.name(), namespace, keyNumber(key));
  }

  int keyNumber(Object key) {
    Bytes bytes = execution.definition().keys().bytesOf(key);
    assertThat(keyNumbers).as("the keys of the program").containsKey(bytes);
    return keyNumbers.get(bytes);
  }

  int namespaceNumber(StateDefinition state, Object namespace) {
    Bytes bytes = state.namespaces().bytesOf(namespace);
    for (int number = 0; number < state.numberOfNamespaces(); number++) {
      if (state.namespaces().bytes(number).equals(bytes)) {
        return number;
      }
    }
    throw new AssertionError("Nobody has made the namespace " + namespace);
  }
}
