package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A key, namespace, user key or value that is changed after it was handed in changes no state: what
 * counts are the bytes of the moment, also where the type has no {@code equals}. {@code byte[]} is
 * among them, whose hash is that of the object.
 */
final class ChangedObjectsTest {

  private static final int OBJECTS = 12;
  private static final int KEY_GROUPS = 4;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);

  @TempDir private Path directory;

  /** A serializer and objects for it, a new one at every call. */
  private record Kind<T>(String name, TypeSerializer<T> serializer, IntFunction<T> objects) {

    T object(int index) {
      return objects.apply(index);
    }

    String bytes(T object) throws Exception {
      DataOutputSerializer target = new DataOutputSerializer(64);
      serializer.serialize(object, target);
      return HexFormat.of().formatHex(target.getCopyOfBuffer());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Has the identity of an object, as users write them. */
  @SuppressWarnings("PublicField") // Flink's rules for a POJO.
  public static final class WithoutEquals {
    public String name;
    public int number;
  }

  /** No POJO for want of a constructor without parameters: Flink falls back to Kryo. */
  public static final class NoPojo {
    private final List<String> parts;

    private NoPojo(List<String> parts) {
      this.parts = parts;
    }

    @Override
    public String toString() {
      return String.join("/", parts);
    }
  }

  static Stream<Kind<?>> kinds() {
    RowDataSerializer rows =
        new RowDataSerializer(new BigIntType(), new VarCharType(VarCharType.MAX_LENGTH));
    IntFunction<RowData> generic =
        index -> GenericRowData.of((long) index, StringData.fromString("c".repeat(index % 5)));
    return Stream.of(
        new Kind<>(
            "byte[]", BytePrimitiveArraySerializer.INSTANCE, index -> new byte[] {3, (byte) index}),
        new Kind<>(
            "tuple",
            serializer(Types.<Tuple2<String, Long>>TUPLE(Types.STRING, Types.LONG)),
            index -> Tuple2.of("t".repeat(index % 3), (long) index)),
        new Kind<>(
            "POJO without equals",
            serializer(TypeInformation.of(WithoutEquals.class)),
            index -> {
              WithoutEquals pojo = new WithoutEquals();
              pojo.name = index % 2 == 0 ? null : "p";
              pojo.number = index;
              return pojo;
            }),
        new Kind<>(
            "Kryo",
            serializer(TypeInformation.of(NoPojo.class)),
            index -> new NoPojo(new ArrayList<>(List.of("a", "b" + index)))),
        new Kind<>("row", rows, generic));
  }

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  <T> void areTheirBytesAtTheTimeInEveryRole(Kind<T> kind) throws Exception {
    assertThat(kind.serializer() instanceof KryoSerializer).isEqualTo(kind.name().equals("Kryo"));
    Map<String, String> expected = new TreeMap<>();
    KeyedStateHandle checkpoint;
    try (KeyedBackendFixture fixture = new KeyedBackendFixture(load(BackendUnderTest.BASALT))) {
      CheckpointableKeyedStateBackend<T> backend =
          fixture.create(kind.serializer(), KEY_GROUPS, ALL);
      States<T> states = new States<>(kind, backend);
      write(kind, backend, states, expected);
      assertThat(contents(kind, backend, states)).isEqualTo(expected);
      checkpoint = fixture.snapshot(backend, CheckpointType.CHECKPOINT);
    }
    for (BackendUnderTest reader : BackendUnderTest.values()) {
      try (KeyedBackendFixture fixture = new KeyedBackendFixture(load(reader))) {
        CheckpointableKeyedStateBackend<T> restored =
            fixture.restore(kind.serializer(), KEY_GROUPS, ALL, List.of(checkpoint));
        assertThat(contents(kind, restored, new States<>(kind, restored)))
            .as("restored by %s", reader)
            .isEqualTo(expected);
      }
    }
  }

  /** As stock does: the bytes of the current key are those of the moment it was set. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  <T> void aKeyThatIsChangedWhileItIsTheCurrentOneKeepsItsEntries(Kind<T> kind) throws Exception {
    for (BackendUnderTest backendUnderTest : BackendUnderTest.values()) {
      try (KeyedBackendFixture fixture = new KeyedBackendFixture(load(backendUnderTest))) {
        CheckpointableKeyedStateBackend<T> backend =
            fixture.create(kind.serializer(), KEY_GROUPS, ALL);
        States<T> states = new States<>(kind, backend);
        T key = kind.object(0);
        backend.setCurrentKeyAndKeyGroup(key, 0);
        states.select(kind.object(1));
        states.value.update(kind.object(2));
        states.list.add(kind.object(3));
        spoil(key);
        states.list.add(kind.object(4));
        states.map.put(kind.object(5), kind.object(6));

        assertThat(contents(kind, backend, states))
            .as("%s", backendUnderTest)
            .containsExactly(
                Map.entry(
                    describe(kind, kind.object(0), kind.object(1)),
                    describe(kind, kind.object(2), kind.object(3), kind.object(4))
                        + describe(kind, kind.object(5), kind.object(6))));
      }
    }
  }

  private StateBackend load(BackendUnderTest backend) throws Exception {
    return backend.load(
        SuiteVariant.configuration(
            true, PriorityQueueStateType.ROCKSDB, Files.createTempDirectory(directory, "local")));
  }

  /** Each object is key, namespace, user key and value in turn. */
  private static <T> void write(
      Kind<T> kind,
      CheckpointableKeyedStateBackend<T> backend,
      States<T> states,
      Map<String, String> expected)
      throws Exception {
    for (int i = 0; i < OBJECTS; i++) {
      T key = kind.object(i);
      T namespace = kind.object(i + 1);
      T user = kind.object(i + 2);
      T value = kind.object(i + 3);
      // Not all of them have a hash that outlives the object.
      backend.setCurrentKeyAndKeyGroup(key, i % KEY_GROUPS);
      states.select(namespace);
      states.value.update(value);
      states.list.add(value);
      states.list.add(user);
      states.map.put(user, value);
      states.map.put(value, user);
      states.map.remove(kind.object(i + 3));
      assertThat(states.map.contains(kind.object(i + 2))).isTrue();
      spoil(key, namespace, user, value);
      expected.put(
          describe(kind, kind.object(i), kind.object(i + 1)),
          describe(kind, kind.object(i + 3))
              + describe(kind, kind.object(i + 3), kind.object(i + 2))
              + describe(kind, kind.object(i + 2), kind.object(i + 3)));
    }
  }

  private static <T> Map<String, String> contents(
      Kind<T> kind, CheckpointableKeyedStateBackend<T> backend, States<T> states) throws Exception {
    List<Tuple2<T, T>> found;
    try (Stream<Tuple2<T, T>> pairs = backend.getKeysAndNamespaces("value")) {
      found = pairs.toList();
    }
    Map<String, Integer> keyGroups = new TreeMap<>();
    for (int i = 0; i < OBJECTS; i++) {
      keyGroups.put(kind.bytes(kind.object(i)), i % KEY_GROUPS);
    }
    Map<String, String> contents = new TreeMap<>();
    for (Tuple2<T, T> pair : found) {
      backend.setCurrentKeyAndKeyGroup(pair.f0, keyGroups.get(kind.bytes(pair.f0)));
      states.select(pair.f1);
      StringBuilder text = new StringBuilder(describe(kind, states.value.value()));
      for (T element : states.list.get()) {
        text.append(kind.bytes(element)).append(' ');
      }
      for (Map.Entry<T, T> entry : states.map.entries()) {
        text.append(describe(kind, entry.getKey(), entry.getValue()));
      }
      contents.put(describe(kind, pair.f0, pair.f1), text.toString());
    }
    return contents;
  }

  @SafeVarargs
  private static <T> String describe(Kind<T> kind, T... objects) throws Exception {
    StringBuilder text = new StringBuilder();
    for (T object : objects) {
      text.append(kind.bytes(object)).append(' ');
    }
    return text.toString();
  }

  /** Changes what can be changed. */
  private static void spoil(Object... objects) {
    for (Object object : objects) {
      if (object instanceof byte[] bytes) {
        bytes[0]++;
      } else if (object instanceof Tuple2<?, ?> tuple) {
        tuple.setField("spoilt", 0);
      } else if (object instanceof WithoutEquals pojo) {
        pojo.name = "spoilt";
      } else if (object instanceof NoPojo other) {
        other.parts.clear();
      } else if (object instanceof GenericRowData row) {
        row.setField(0, -1L);
      }
    }
  }

  /** States whose namespaces are of the kind. */
  private static final class States<T> {
    private final InternalValueState<T, T, T> value;
    private final InternalListState<T, T, T> list;
    private final InternalMapState<T, T, T, T> map;

    States(Kind<T> kind, CheckpointableKeyedStateBackend<T> backend) throws Exception {
      TypeSerializer<T> serializer = kind.serializer();
      value =
          backend.createOrUpdateInternalState(
              serializer, new ValueStateDescriptor<>("value", serializer));
      list =
          backend.createOrUpdateInternalState(
              serializer, new ListStateDescriptor<>("list", serializer));
      map =
          backend.createOrUpdateInternalState(
              serializer, new MapStateDescriptor<>("map", serializer, serializer));
    }

    void select(T namespace) {
      for (InternalKvState<T, T, ?> state : List.of(value, list, map)) {
        state.setCurrentNamespace(namespace);
      }
    }
  }
}
