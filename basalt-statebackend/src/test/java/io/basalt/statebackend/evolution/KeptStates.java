package io.basalt.statebackend.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;

/**
 * States of every kind, with or without a time to live, that hold values of one schema; and what
 * they must hold, which goes with them from version to version.
 */
final class KeptStates {

  /** The kinds of state; each has its values in numbered places. */
  enum Kind {
    VALUE,
    LIST,
    MAP,
    REDUCING,
    AGGREGATING
  }

  /**
   * What is in a place.
   *
   * @param old whether a version of before has written it
   */
  private record Held(int number, boolean old) {}

  private static final Held NULL = new Held(-1, false);
  private static final int NULL_PLACE = 7;
  private static final int KEYS_NEVER_WRITTEN = 3;

  private final boolean withNulls;
  private final List<KeptState> states = new ArrayList<>();
  private IntFunction<String> oldTexts = number -> "nothing was written before";
  private int keys;

  KeptStates(String name, boolean expiring) {
    this(name, expiring, !expiring);
  }

  /**
   * States that will start to expire, which nulls in maps could not where serializers take none.
   */
  static KeptStates withoutNulls(String name, boolean expiring) {
    return new KeptStates(name, expiring, false);
  }

  private KeptStates(String name, boolean expiring, boolean withNulls) {
    this.withNulls = withNulls;
    for (Kind kind : Kind.values()) {
      states.add(new KeptState(name + " " + kind, kind, expiring));
    }
  }

  /** Writes into every state, for some new keys and some that are there. */
  void write(JobVersion job, Schema schema) throws Exception {
    for (int key = keys / 3; key < keys + 20; key++) {
      for (KeptState state : states) {
        state.write(job, schema, key, 3 * key + keys);
      }
    }
    keys += 20;
  }

  /** From now on another version of the schema is in use. */
  void evolve(Evolution evolution) {
    oldTexts = evolution.migrated();
    for (KeptState state : states) {
      state.held.values().forEach(places -> places.replaceAll((place, held) -> old(held)));
    }
  }

  /** From now on those expire that did not, and the other way round. */
  void switchExpiry() {
    states.forEach(state -> state.expires = !state.expires);
  }

  private static Held old(Held held) {
    return held.equals(NULL) ? NULL : new Held(held.number(), true);
  }

  /** Asserts that every state holds what it must, and nothing else. */
  void check(JobVersion job, Schema schema) throws Exception {
    for (KeptState state : states) {
      for (int key = 0; key < keys + KEYS_NEVER_WRITTEN; key++) {
        assertThat(state.read(job, schema, key))
            .as("%s of key %d", state.name, key)
            .isEqualTo(state.expected(schema, key));
      }
    }
  }

  /** The states as the version registers them. */
  List<StateDescriptor<?, ?>> descriptors(Schema schema) {
    return states.stream().<StateDescriptor<?, ?>>map(state -> state.descriptor(schema)).toList();
  }

  /** One of the states. */
  private final class KeptState {
    final String name;
    private final Kind kind;
    boolean expires;
    final Map<Integer, SortedMap<Integer, Held>> held = new TreeMap<>();

    KeptState(String name, Kind kind, boolean expires) {
      this.name = name;
      this.kind = kind;
      this.expires = expires;
    }

    void write(JobVersion job, Schema schema, int key, int number) throws Exception {
      SortedMap<Integer, Held> places = held.computeIfAbsent(key, it -> new TreeMap<>());
      switch (kind) {
        case VALUE -> {
          job.state(key, value(schema)).update(schema.value(number));
          places.put(0, new Held(number, false));
        }
        case LIST -> {
          ListState<Object> list = job.state(key, list(schema));
          for (int more = number; more < number + 2; more++) {
            list.add(schema.value(more));
            places.put(places.size(), new Held(more, false));
          }
        }
        case MAP -> {
          MapState<Integer, Object> map = job.state(key, map(schema));
          map.put(number % 5, schema.value(number));
          places.put(number % 5, new Held(number, false));
          if (withNulls) {
            map.put(NULL_PLACE, null);
            places.put(NULL_PLACE, NULL);
          }
        }
        case REDUCING -> {
          job.state(key, reducing(schema)).add(schema.value(number));
          places.merge(0, new Held(number, false), KeptState::sum);
        }
        case AGGREGATING -> {
          job.state(key, aggregating(schema)).add(number);
          places.merge(0, new Held(number, false), KeptState::sum);
        }
      }
    }

    private static Held sum(Held one, Held other) {
      return new Held(one.number() + other.number(), false);
    }

    SortedMap<Integer, String> expected(Schema schema, int key) {
      SortedMap<Integer, String> texts = new TreeMap<>();
      held.getOrDefault(key, new TreeMap<>())
          .forEach(
              (place, its) -> {
                if (its.equals(NULL)) {
                  texts.put(place, "null");
                } else {
                  texts.put(
                      place, its.old() ? oldTexts.apply(its.number()) : schema.text(its.number()));
                }
              });
      return texts;
    }

    SortedMap<Integer, String> read(JobVersion job, Schema schema, int key) throws Exception {
      SortedMap<Integer, String> texts = new TreeMap<>();
      switch (kind) {
        case VALUE -> put(texts, schema, job.state(key, value(schema)).value());
        case LIST -> {
          Iterable<Object> elements = job.state(key, list(schema)).get();
          for (Object element : elements == null ? List.of() : elements) {
            texts.put(texts.size(), schema.text(element));
          }
        }
        case MAP -> {
          Iterable<Map.Entry<Integer, Object>> entries = job.state(key, map(schema)).entries();
          for (Map.Entry<Integer, Object> entry :
              entries == null ? List.<Map.Entry<Integer, Object>>of() : entries) {
            Object value = entry.getValue();
            texts.put(entry.getKey(), value == null ? "null" : schema.text(value));
          }
        }
        case REDUCING -> put(texts, schema, job.state(key, reducing(schema)).get());
        case AGGREGATING -> put(texts, schema, job.state(key, aggregating(schema)).get());
      }
      return texts;
    }

    private static void put(SortedMap<Integer, String> texts, Schema schema, Object value) {
      if (value != null) {
        texts.put(0, schema.text(value));
      }
    }

    StateDescriptor<?, ?> descriptor(Schema schema) {
      return switch (kind) {
        case VALUE -> value(schema);
        case LIST -> list(schema);
        case MAP -> map(schema);
        case REDUCING -> reducing(schema);
        case AGGREGATING -> aggregating(schema);
      };
    }

    private StateDescriptor<ValueState<Object>, ?> value(Schema schema) {
      return expiring(new ValueStateDescriptor<>(name, schema.serializer()));
    }

    private StateDescriptor<ListState<Object>, ?> list(Schema schema) {
      return expiring(new ListStateDescriptor<>(name, schema.serializer()));
    }

    private StateDescriptor<MapState<Integer, Object>, ?> map(Schema schema) {
      return expiring(new MapStateDescriptor<>(name, IntSerializer.INSTANCE, schema.serializer()));
    }

    private StateDescriptor<ReducingState<Object>, ?> reducing(Schema schema) {
      return expiring(
          new ReducingStateDescriptor<>(
              name,
              (one, other) -> schema.value(schema.number(one) + schema.number(other)),
              schema.serializer()));
    }

    private StateDescriptor<AggregatingState<Integer, Object>, ?> aggregating(Schema schema) {
      return expiring(new AggregatingStateDescriptor<>(name, new Sum(schema), schema.serializer()));
    }

    private <D extends StateDescriptor<?, ?>> D expiring(D descriptor) {
      if (expires) {
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofHours(1)).build());
      }
      return descriptor;
    }
  }
}
