package io.basalt.statebackend.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.Contents.Alarm;
import io.basalt.statebackend.exchange.Contents.Cell;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * Changes all kinds of state at random, knows what they must hold after that, and checks it: every
 * value, what must be absent, key streams and timers.
 *
 * @param <K> type of the keys
 */
final class StateProgram<K> {

  /** The keys that are written; a few behind them are looked up and must not be found. */
  private static final int KEYS = 30;

  private static final int KEYS_AND_ABSENT_ONES = KEYS + 5;

  private final KeyType<K> keys;
  private final Random random;
  private final boolean withTimers;
  private final List<ProgramState<?, ?, ?>> states;
  private final Map<K, Integer> numbers = new HashMap<>();

  StateProgram(KeyType<K> keys, long seed, boolean withTimers, ProgramStates.Nulls nulls) {
    this(keys, new Random(seed), withTimers, ProgramStates.all(nulls));
  }

  private StateProgram(
      KeyType<K> keys, Random random, boolean withTimers, List<ProgramState<?, ?, ?>> states) {
    this.keys = keys;
    this.random = random;
    this.withTimers = withTimers;
    this.states = states;
    for (int number = 0; number < KEYS_AND_ABSENT_ONES; number++) {
      numbers.put(keys.key(number), number);
    }
    assertThat(numbers).as("all keys differ").hasSize(KEYS_AND_ABSENT_ONES);
  }

  /** The same program without some of its states: a job's next version that dropped them. */
  StateProgram<K> without(Set<String> names, boolean timers) {
    return new StateProgram<>(
        keys,
        random,
        timers,
        states.stream().filter(state -> !names.contains(state.name())).toList());
  }

  KeyType<K> keys() {
    return keys;
  }

  List<ProgramState<?, ?, ?>> states() {
    return states;
  }

  boolean withTimers() {
    return withTimers;
  }

  int numberOfKeys() {
    return KEYS_AND_ABSENT_ONES;
  }

  /** The number of a key that {@link KeyType#key} gave, also of one that was serialized since. */
  int numberOf(K key) {
    Integer number = numbers.get(key);
    assertThat(number).as("number of the key %s", key).isNotNull();
    return number;
  }

  /** Registers the states and timers, as an operator does when it opens. */
  List<TimerQueue<K, ?>> register(KeyedStateBackend<K> backend) throws Exception {
    for (ProgramState<?, ?, ?> state : states) {
      state.register(backend);
    }
    return withTimers ? TimerQueue.register(backend, keys) : List.of();
  }

  void change(Job<K> job, int operations) throws Exception {
    for (int operation = 0; operation < operations; operation++) {
      int key = random.nextInt(KEYS);
      Subtask<K> owner = job.owner(keys.key(key));
      if (withTimers && random.nextInt(4) == 0) {
        changeTimers(owner, key, job.contents());
      } else {
        changeState(owner.backend(), key, job.contents());
      }
    }
  }

  private void changeState(KeyedStateBackend<K> backend, int key, Contents contents)
      throws Exception {
    ProgramState<?, ?, ?> state = states.get(random.nextInt(states.size()));
    Object namespace = state.namespaces().get(random.nextInt(state.namespaces().size()));
    Cell cell = new Cell(state.name(), namespace, key);
    backend.setCurrentKey(keys.key(key));
    Object now = state.changeIn(backend, namespace, contents.values().get(cell), random);
    if (now == null) {
      contents.values().remove(cell);
    } else {
      contents.values().put(cell, now);
    }
  }

  private void changeTimers(Subtask<K> owner, int key, Contents contents) {
    TimerQueue<K, ?> queue = owner.timers().get(random.nextInt(owner.timers().size()));
    // A narrow range now and then, so that several timers share their time.
    long timestamp = random.nextBoolean() ? random.nextInt(20) - 10 : random.nextLong();
    Object namespace = queue.namespaces().get(random.nextInt(queue.namespaces().size()));
    Alarm alarm = new Alarm(queue.name(), namespace, key, timestamp);
    queue.add(alarm);
    contents.alarms().add(alarm);
    if (random.nextInt(3) == 0) {
      Alarm other = alarm(contents, random.nextInt(contents.alarms().size()));
      queueOf(owner, other)
          .ifPresent(
              its -> {
                its.remove(other);
                contents.alarms().remove(other);
              });
    }
  }

  private static Alarm alarm(Contents contents, int number) {
    return contents.alarms().stream()
        .sorted(Comparator.comparingLong(Alarm::timestamp).thenComparing(Alarm::toString))
        .skip(number)
        .findFirst()
        .orElseThrow();
  }

  private Optional<TimerQueue<K, ?>> queueOf(Subtask<K> owner, Alarm alarm) {
    return owner.owns(keys.key(alarm.key()))
        ? owner.timers().stream().filter(its -> its.name().equals(alarm.queue())).findFirst()
        : Optional.empty();
  }
}
