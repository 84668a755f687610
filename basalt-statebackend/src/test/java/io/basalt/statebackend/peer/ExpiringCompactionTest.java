package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What compactions leave of states that expire. An expired entry that is still there shows: it is
 * counted, listed and, for states that ask for it, returned.
 */
final class ExpiringCompactionTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final long START = 1_000;
  private static final int KEY_COUNT = 10;
  private static final int EXPIRED_KEYS = 5;

  @TempDir private Path directory;

  /** States of all kinds, lists with elements of one length and of any. */
  private enum Kind {
    VALUE,
    LONGS,
    TEXTS,
    MAP,
    REDUCING,
    AGGREGATING
  }

  private enum Cleanup {
    BY_DEFAULT(true),
    BY_ENTRIES(true),
    BY_ENTRIES_AND_PERIOD(true),
    ONLY_BY_COMPACTIONS(true),
    NONE(false);

    private final boolean removes;

    Cleanup(boolean removes) {
      this.removes = removes;
    }

    StateTtlConfig configuration() {
      StateTtlConfig.Builder builder =
          StateTtlConfig.newBuilder(Duration.ofMillis(100)).returnExpiredIfNotCleanedUp();
      return switch (this) {
        case BY_DEFAULT -> builder.build();
        case BY_ENTRIES -> builder.cleanupInRocksdbCompactFilter(1).build();
        case BY_ENTRIES_AND_PERIOD ->
            builder.cleanupInRocksdbCompactFilter(7, Duration.ofDays(1)).build();
        case ONLY_BY_COMPACTIONS ->
            builder.disableCleanupInBackground().cleanupInRocksdbCompactFilter(2).build();
        case NONE -> builder.disableCleanupInBackground().build();
      };
    }
  }

  static Stream<Arguments> cases() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Cleanup.values()).map(cleanup -> Arguments.of(kind, cleanup)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void whatHasExpiredIsGoneAndNothingElse(Kind kind, Cleanup cleanup) throws Exception {
    Script<Integer> script =
        (backend, transcript) -> {
          Subject subject = new Subject(backend, kind, cleanup.configuration());
          for (int key = 0; key < KEY_COUNT; key++) {
            backend.setTime(START + 10L * key);
            backend.key(key);
            subject.write(key);
          }
          // The first half is 100 and older.
          backend.setTime(START + 10L * (EXPIRED_KEYS - 1) + 100);
          subject.compact();
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
          transcript.show("keys", () -> backend.keys("s", VoidNamespace.INSTANCE));
          for (int key = 0; key < KEY_COUNT; key++) {
            backend.key(key);
            transcript.show("read", subject::read);
          }
          for (int key = 0; key < KEY_COUNT; key++) {
            backend.key(key);
            subject.write(key);
          }
          backend.setTime(START + 10_000);
          subject.compact();
          transcript.show("at the end", backend.keyed()::numKeyValueStateEntries);
        };
    new Peers(directory).assertSame(KEYS, script);

    List<String> shown = new Peers(directory).onBasalt(KEYS, script);
    assertThat(shown)
        .contains("entries -> " + (cleanup.removes ? KEY_COUNT - EXPIRED_KEYS : KEY_COUNT))
        .contains(cleanup.removes ? "at the end -> 0" : "at the end -> " + KEY_COUNT);
  }

  static Stream<Arguments> casesOfCollections() {
    return Stream.of(Kind.LONGS, Kind.TEXTS, Kind.MAP)
        .flatMap(
            kind ->
                Stream.of(Cleanup.values())
                    .flatMap(
                        cleanup ->
                            Stream.of(true, false)
                                .map(together -> Arguments.of(kind, cleanup, together))));
  }

  @ParameterizedTest(name = "{0}, {1}, in one value: {2}")
  @MethodSource("casesOfCollections")
  void elementsGoOneByOne(Kind kind, Cleanup cleanup, boolean together) throws Exception {
    Script<Integer> script =
        (backend, transcript) -> {
          Subject subject = new Subject(backend, kind, cleanup.configuration());
          backend.key(1);
          for (int element = 0; element < 5; element++) {
            backend.setTime(START + 10L * element);
            subject.write(element);
          }
          if (together) {
            // Appended elements are filtered one by one, until a compaction has made a list of
            // them.
            subject.compact();
          }
          backend.setTime(START + 120);
          subject.compact();
          transcript.show("left", subject::read);
        };
    new Peers(directory).assertSame(KEYS, script);

    String all = kind == Kind.LONGS ? "0, 1, 2, 3, 4" : "t0, t1, t2, t3, t4";
    String left = kind == Kind.LONGS ? "3, 4" : "t3, t4";
    assertThat(new Peers(directory).onBasalt(KEYS, script))
        .containsExactly("left -> [" + (cleanup.removes ? left : all) + "]");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void aStateThatStartsToExpireLosesNothing(Kind kind, Cleanup cleanup) throws Exception {
    new Peers(directory)
        .assertSame(
            KEYS,
            (backend, transcript) -> {
              Subject without = new Subject(backend, kind, StateTtlConfig.DISABLED);
              backend.setTime(START);
              for (int key = 0; key < KEY_COUNT; key++) {
                backend.key(key);
                without.write(key);
                without.write(key + 1);
              }
              backend.restore(backend.checkpoint());
              backend.setTime(START + 1_000);
              Subject with = new Subject(backend, kind, cleanup.configuration());
              backend.key(0);
              transcript.show("first", with::read);
              with.compact();
              for (int key = 0; key < KEY_COUNT; key++) {
                backend.key(key);
                transcript.show("read", with::read);
              }
              backend.setTime(START + 2_000);
              with.compact();
              transcript.show("expired", backend.keyed()::numKeyValueStateEntries);
            });
  }

  /**
   * A value is not to be taken for a time because of what a descriptor says. Stock fails with a
   * {@code NullPointerException}.
   */
  @Test
  void aStateThatFlinkHasNotWrappedHasNoTimes() throws Exception {
    List<String> shown =
        new Peers(directory)
            .onBasalt(
                KEYS,
                (backend, transcript) -> {
                  ValueStateDescriptor<Long> descriptor =
                      new ValueStateDescriptor<>("s", LongSerializer.INSTANCE);
                  descriptor.enableTimeToLive(Cleanup.BY_DEFAULT.configuration());
                  InternalValueState<Integer, VoidNamespace, Long> state =
                      backend
                          .keyed()
                          .createOrUpdateInternalState(
                              VoidNamespaceSerializer.INSTANCE,
                              descriptor,
                              StateSnapshotTransformFactory.noTransform());
                  backend.key(1);
                  state.setCurrentNamespace(VoidNamespace.INSTANCE);
                  state.update(1L);
                  backend.compact(descriptor);
                  transcript.show("value", state::value);
                });
    assertThat(shown).containsExactly("value -> 1");
  }

  /** Kryo asks for the class loader of its thread, and RocksDB's threads have none. */
  @Test
  void elementsThatKryoReadsAreToldApart() throws Exception {
    List<String> shown =
        new Peers(directory)
            .onBasalt(
                KEYS,
                (backend, transcript) -> {
                  ListStateDescriptor<String> descriptor =
                      new ListStateDescriptor<>(
                          "s", new KryoSerializer<>(String.class, new SerializerConfigImpl()));
                  descriptor.enableTimeToLive(Cleanup.BY_ENTRIES.configuration());
                  backend.key(1);
                  backend.setTime(START);
                  backend.state(descriptor).add("old");
                  backend.setTime(START + 90);
                  backend.state(descriptor).add("new");
                  backend.setTime(START + 120);
                  backend.compact(descriptor);
                  // A read would show expired elements that are still there.
                  transcript.show("list", () -> backend.state(descriptor).get());
                });
    assertThat(shown).containsExactly("list -> [new]");
  }

  /** One state of a kind. */
  private record Subject(PeerBackend<Integer> backend, Kind kind, StateTtlConfig configuration) {

    void write(int number) throws Exception {
      switch (kind) {
        case VALUE -> state(value()).update("v" + number);
        case LONGS -> state(longs()).add((long) number);
        case TEXTS -> state(texts()).add("t" + number);
        case MAP -> state(map()).put("t" + number, "x");
        case REDUCING -> state(reducing()).add("r" + number);
        case AGGREGATING -> state(aggregating()).add("a" + number);
      }
    }

    Object read() throws Exception {
      return switch (kind) {
        case VALUE -> state(value()).value();
        case LONGS -> listed(state(longs()));
        case TEXTS -> listed(state(texts()));
        case MAP -> keysOf(state(map()));
        case REDUCING -> state(reducing()).get();
        case AGGREGATING -> state(aggregating()).get();
      };
    }

    void compact() throws Exception {
      backend.compact(
          switch (kind) {
            case VALUE -> value();
            case LONGS -> longs();
            case TEXTS -> texts();
            case MAP -> map();
            case REDUCING -> reducing();
            case AGGREGATING -> aggregating();
          });
    }

    private static <E> Iterable<E> listed(ListState<E> list) throws Exception {
      return list.get();
    }

    private static Iterable<String> keysOf(MapState<String, String> map) throws Exception {
      return map.keys();
    }

    private ValueStateDescriptor<String> value() {
      return expiring(new ValueStateDescriptor<>("s", TEXT));
    }

    private ListStateDescriptor<Long> longs() {
      return expiring(new ListStateDescriptor<>("s", LongSerializer.INSTANCE));
    }

    private ListStateDescriptor<String> texts() {
      return expiring(new ListStateDescriptor<>("s", TEXT));
    }

    private MapStateDescriptor<String, String> map() {
      return expiring(new MapStateDescriptor<>("s", TEXT, TEXT));
    }

    private ReducingStateDescriptor<String> reducing() {
      return expiring(new ReducingStateDescriptor<>("s", String::concat, TEXT));
    }

    private AggregatingStateDescriptor<String, String, String> aggregating() {
      return expiring(new AggregatingStateDescriptor<>("s", new Concatenation(), TEXT));
    }

    private <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
      return backend.state(descriptor);
    }

    private <D extends StateDescriptor<?, ?>> D expiring(D descriptor) {
      if (configuration.isEnabled()) {
        descriptor.enableTimeToLive(configuration);
      }
      return descriptor;
    }
  }
}
