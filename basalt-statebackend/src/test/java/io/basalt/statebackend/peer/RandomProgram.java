package io.basalt.statebackend.peer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalMergingState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;

/**
 * A random sequence of calls on one state of each kind, with keys and namespaces of variable
 * length, restores and, where the states expire, a clock that goes on.
 */
final class RandomProgram implements Script<String> {

  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final List<String> NAMES = List.of("", "a", "aa", "b", "ab");

  private final long seed;
  private final int steps;
  private final StateTtlConfig ttl;
  private final Restore restore;
  private final boolean compacted;

  private InternalValueState<String, String, String> value;
  private InternalListState<String, String, String> list;
  private InternalMapState<String, String, String, String> map;
  private InternalReducingState<String, String, String> reducing;
  private InternalAggregatingState<String, String, String, String, String> aggregating;

  /** From what kind of snapshot the program goes on now and then. */
  enum Restore {
    CHECKPOINT,
    SAVEPOINT,
    NEITHER
  }

  RandomProgram(long seed, int steps, StateTtlConfig ttl, Restore restore) {
    this(seed, steps, ttl, restore, false);
  }

  private RandomProgram(
      long seed, int steps, StateTtlConfig ttl, Restore restore, boolean compacted) {
    this.seed = seed;
    this.steps = steps;
    this.ttl = ttl;
    this.restore = restore;
    this.compacted = compacted;
  }

  /**
   * The same with a compaction of a state now and then, which RocksDB begins by itself only late.
   */
  RandomProgram compacted() {
    return new RandomProgram(seed, steps, ttl, restore, true);
  }

  @Override
  public void run(PeerBackend<String> backend, Transcript transcript) throws Exception {
    Random random = new Random(seed);
    long now = 1_000;
    register(backend);
    backend.key("a");
    select("");
    for (int step = 0; step < steps; step++) {
      if (random.nextInt(4) == 0) {
        backend.key(name(random));
      }
      if (random.nextInt(3) == 0) {
        select(name(random));
      }
      if (random.nextInt(5) == 0) {
        now += random.nextInt(12);
        backend.setTime(now);
      }
      call(transcript, random);
      if (compacted && random.nextInt(25) == 0) {
        backend.compact(descriptors().get(random.nextInt(descriptors().size())));
      }
      if (step % 400 == 399) {
        restore(backend);
        register(backend);
        showAll(backend, transcript);
      }
    }
    showAll(backend, transcript);
  }

  private void call(Transcript transcript, Random random) {
    String name = name(random);
    String text = "" + random.nextInt(50);
    switch (random.nextInt(24)) {
      case 0, 1 -> transcript.run("value.update", () -> value.update(text));
      case 2 -> transcript.run("value.update(null)", () -> value.update(null));
      case 3 -> transcript.show("value", value::value);
      case 4, 5 -> transcript.run("list.add", () -> list.add(text));
      case 6 -> transcript.run("list.addAll", () -> list.addAll(List.of(text, ",", "")));
      case 7 -> transcript.run("list.update", () -> list.update(some(random)));
      case 8 -> transcript.show("list.get", list::get);
      case 9, 10 -> transcript.run("map.put", () -> map.put(name, text));
      case 11 -> transcript.run("map.put(null)", () -> map.put(name, null));
      case 12 -> transcript.run("map.putAll", () -> map.putAll(someEntries(random)));
      case 13 -> transcript.run("map.remove", () -> map.remove(name));
      case 14 -> {
        transcript.show("map.get", () -> map.get(name));
        transcript.show("map.contains", () -> map.contains(name));
        if (countsEntries()) {
          transcript.show("map.isEmpty", map::isEmpty);
        }
      }
      case 15 -> iterate(transcript, random);
      case 16, 17 -> transcript.run("reducing.add", () -> reducing.add(text));
      case 18 -> transcript.show("reducing.get", reducing::get);
      case 19, 20 -> transcript.run("aggregating.add", () -> aggregating.add(text));
      case 21 -> transcript.show("aggregating.get", aggregating::get);
      case 22 -> clear(transcript, random);
      default -> merge(transcript, random);
    }
  }

  private void iterate(Transcript transcript, Random random) {
    transcript.show(
        "map.iterator",
        () -> {
          List<String> seen = new ArrayList<>();
          Iterator<Map.Entry<String, String>> entries = map.iterator();
          while (entries.hasNext()) {
            Map.Entry<String, String> entry = entries.next();
            seen.add(Rendering.of(entry));
            switch (random.nextInt(6)) {
              case 0 -> entries.remove();
              case 1 -> seen.add(entry.setValue("set"));
              case 2 -> map.put(entry.getKey(), "put");
              default -> {}
            }
          }
          return seen;
        });
    transcript.show("map.keys", map::keys);
    transcript.show("map.values", map::values);
  }

  private void clear(Transcript transcript, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> transcript.run("value.clear", value::clear);
      case 1 -> transcript.run("list.clear", list::clear);
      case 2 -> transcript.run("map.clear", map::clear);
      case 3 -> transcript.run("reducing.clear", reducing::clear);
      default -> transcript.run("aggregating.clear", aggregating::clear);
    }
  }

  private void merge(Transcript transcript, Random random) {
    InternalMergingState<String, String, ?, ?, ?> state =
        switch (random.nextInt(3)) {
          case 0 -> list;
          case 1 -> reducing;
          default -> aggregating;
        };
    String target = name(random);
    List<String> sources = new ArrayList<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      sources.add(name(random));
    }
    transcript.run("merge", () -> mergeNamespaces(state, target, sources));
    select(target);
  }

  /**
   * Where all that is merged has expired, stock fails after it has removed the sources, and leaves
   * the expired target, see {@code DeliberateDifferencesTest}. It has to go: a later merge with it
   * would give what it is merged with a new timestamp.
   */
  private void mergeNamespaces(
      InternalMergingState<String, String, ?, ?, ?> state, String target, List<String> sources)
      throws Exception {
    try {
      state.mergeNamespaces(target, sources);
    } catch (NullPointerException e) {
      if (!ttl.isEnabled()) {
        throw e;
      }
      state.setCurrentNamespace(target);
      state.clear();
    }
  }

  private void showAll(PeerBackend<String> backend, Transcript transcript) throws Exception {
    for (String key : NAMES) {
      backend.key(key);
      for (String namespace : NAMES) {
        select(namespace);
        String place = key + "|" + namespace + " ";
        transcript.show(place + "value", value::value);
        transcript.show(place + "list", list::get);
        transcript.show(place + "map", map::entries);
        transcript.show(place + "reducing", reducing::get);
        transcript.show(place + "aggregating", aggregating::get);
      }
    }
    if (!countsEntries()) {
      return;
    }
    for (String namespace : NAMES) {
      for (String state : List.of("value", "list", "map", "reducing", "aggregating")) {
        transcript.show("keys of " + state, () -> backend.keys(state, namespace));
      }
    }
    transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
  }

  /**
   * Whether it can be compared which entries there are, and not only which can be read: of expired
   * map entries stock's savepoints keep the keys, see {@code DeliberateDifferencesTest}.
   */
  private boolean countsEntries() {
    return !ttl.isEnabled() || restore != Restore.SAVEPOINT;
  }

  private void select(String namespace) {
    value.setCurrentNamespace(namespace);
    list.setCurrentNamespace(namespace);
    map.setCurrentNamespace(namespace);
    reducing.setCurrentNamespace(namespace);
    aggregating.setCurrentNamespace(namespace);
  }

  private void restore(PeerBackend<String> backend) throws Exception {
    switch (restore) {
      case CHECKPOINT -> backend.restore(backend.checkpoint());
      case SAVEPOINT -> backend.restore(backend.savepoint());
      default -> {}
    }
  }

  private void register(PeerBackend<String> backend) throws Exception {
    value = backend.internal("", TEXT, expiring(new ValueStateDescriptor<>("value", TEXT)));
    list = backend.internal("", TEXT, expiring(new ListStateDescriptor<>("list", TEXT)));
    map = backend.internal("", TEXT, expiring(new MapStateDescriptor<>("map", TEXT, TEXT)));
    reducing =
        backend.internal(
            "",
            TEXT,
            expiring(new ReducingStateDescriptor<>("reducing", (a, b) -> shortened(a + b), TEXT)));
    aggregating =
        backend.internal(
            "", TEXT, expiring(new AggregatingStateDescriptor<>("aggregating", JOIN, TEXT)));
  }

  /** By name, which is all that a compaction looks at. */
  private static List<StateDescriptor<?, ?>> descriptors() {
    return Stream.of("value", "list", "map", "reducing", "aggregating")
        .<StateDescriptor<?, ?>>map(name -> new ValueStateDescriptor<>(name, TEXT))
        .toList();
  }

  private <D extends StateDescriptor<?, ?>> D expiring(D descriptor) {
    if (ttl.isEnabled()) {
      descriptor.enableTimeToLive(ttl);
    }
    return descriptor;
  }

  private static String name(Random random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private static List<String> some(Random random) {
    return List.of("x", "y", "z").subList(0, random.nextInt(4));
  }

  private static Map<String, String> someEntries(Random random) {
    Map<String, String> entries = new HashMap<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      entries.put(name(random), random.nextBoolean() ? null : "all");
    }
    return entries;
  }

  private static String shortened(String text) {
    return text.length() > 20 ? text.substring(text.length() - 20) : text;
  }

  private static final AggregateFunction<String, String, String> JOIN =
      new AggregateFunction<>() {
        @Override
        public String createAccumulator() {
          return "";
        }

        @Override
        public String add(String text, String accumulator) {
          return shortened(accumulator + text);
        }

        @Override
        public String getResult(String accumulator) {
          return "=" + accumulator;
        }

        @Override
        public String merge(String left, String right) {
          return shortened(left + "&" + right);
        }
      };
}
