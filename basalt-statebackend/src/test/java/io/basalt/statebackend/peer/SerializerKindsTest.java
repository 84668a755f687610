package io.basalt.statebackend.peer;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.Either;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys, namespaces, user keys and values of serializers of every kind, across a restore. */
final class SerializerKindsTest {

  @TempDir private Path directory;

  /** A serializer and objects that it tells apart, or not. */
  record Kind<T>(String name, TypeSerializer<T> serializer, List<T> objects) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind<?>> kinds() {
    return Stream.of(
        new Kind<>(
            "doubles",
            DoubleSerializer.INSTANCE,
            List.of(
                0.0,
                -0.0,
                Double.NaN,
                Double.longBitsToDouble(0x7ff8000000000001L),
                -1.5,
                Double.NEGATIVE_INFINITY)),
        new Kind<>(
            "floats", FloatSerializer.INSTANCE, List.of(0.0f, -0.0f, Float.NaN, 3.5f, -3.5f)),
        new Kind<>("texts", StringSerializer.INSTANCE, List.of("", "a", "\u0000", "\ud83d\ude00")),
        new Kind<>(
            "tuples",
            of(Types.TUPLE(Types.STRING, Types.DOUBLE)),
            List.of(Tuple2.of("", -0.0), Tuple2.of("", 0.0), Tuple2.of("aa", Double.NaN))),
        new Kind<>(
            "POJOs without equals",
            of(TypeInformation.of(Measurement.class)),
            List.of(
                new Measurement(1, "a", -0.0),
                new Measurement(1, "a", 0.0),
                new Measurement(1, null, 0.0),
                new Measurement(-1, "", 0.0),
                new Measurement(1, "a", -0.0))),
        new Kind<>("Kryo", of(new GenericTypeInfo<>(BitSet.class)), List.of(bits(), bits(1, 70))),
        new Kind<>(
            "decimals",
            of(Types.BIG_DEC),
            List.of(new BigDecimal("1.0"), new BigDecimal("1.00"), BigDecimal.ZERO)),
        new Kind<>("bytes", ByteSerializer.INSTANCE, List.of((byte) 0, (byte) -1, Byte.MIN_VALUE)),
        new Kind<>("truths", BooleanSerializer.INSTANCE, List.of(true, false)),
        new Kind<>("characters", CharSerializer.INSTANCE, List.of('\0', 'a', '\uffff')),
        new Kind<>(
            "numbers that may be null",
            NullableSerializer.wrap(LongSerializer.INSTANCE, false),
            List.of(0L, -1L, Long.MAX_VALUE)),
        new Kind<>("enums with bodies", of(Types.ENUM(Sign.class)), List.of(Sign.MINUS, Sign.PLUS)),
        new Kind<>(
            "rows with nulls",
            of(Types.ROW(Types.INT, Types.STRING)),
            List.of(Row.of(null, null), Row.of(1, null), Row.of(null, "a"))),
        new Kind<>(
            "eithers",
            of(new EitherTypeInfo<>(Types.INT, Types.STRING)),
            List.of(Either.Left(1), Either.Right(""), Either.Right("a"))),
        new Kind<>(
            "maps of lists",
            of(Types.MAP(Types.STRING, Types.LIST(Types.INT))),
            List.of(Map.of(), Map.of("a", List.of()), Map.of("a", List.of(1, 2)))),
        new Kind<>(
            "rows",
            rows(),
            List.of(
                row(1, "a", -0.0),
                rows().toBinaryRow(row(1, "a", -0.0)),
                row(1, "a", 0.0),
                rows().toBinaryRow(row(2, "a name that does not fit into eight bytes", 1)),
                row(2, "a name that does not fit into eight bytes", 1),
                rows().toBinaryRow(row(null, null, 0)))));
  }

  private static <T> TypeSerializer<T> of(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    for (int bit : set) {
      bits.set(bit);
    }
    return bits;
  }

  private static RowDataSerializer rows() {
    return new RowDataSerializer(RowType.of(new IntType(), new VarCharType(100), new DoubleType()));
  }

  private static RowData row(Integer number, String text, double value) {
    return GenericRowData.of(number, StringData.fromString(text), value);
  }

  enum Sign {
    PLUS {
      @Override
      int of(int number) {
        return number;
      }
    },
    MINUS {
      @Override
      int of(int number) {
        return -number;
      }
    };

    abstract int of(int number);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void inEveryPlace(Kind<T> kind) throws Exception {
    new Peers(directory)
        .assertSame(
            kind.serializer(),
            (backend, transcript) -> {
              write(backend, kind);
              read(backend, transcript, kind);
              backend.restore(backend.checkpoint());
              read(backend, transcript, kind);
              backend.restore(backend.savepoint());
              read(backend, transcript, kind);
            });
  }

  private static <T> ValueState<T> value(PeerBackend<T> backend, Kind<T> kind, T namespace)
      throws Exception {
    return backend.state(
        namespace, kind.serializer(), new ValueStateDescriptor<>("value", kind.serializer()));
  }

  private static <T> ListState<T> list(PeerBackend<T> backend, Kind<T> kind) throws Exception {
    return backend.state(new ListStateDescriptor<>("list", kind.serializer()));
  }

  private static <T> MapState<T, T> map(PeerBackend<T> backend, Kind<T> kind, T namespace)
      throws Exception {
    return backend.state(
        namespace,
        kind.serializer(),
        new MapStateDescriptor<>("map", kind.serializer(), kind.serializer()));
  }

  private static <T> ReducingState<Integer> count(PeerBackend<T> backend) throws Exception {
    return backend.state(
        new ReducingStateDescriptor<>("count", Integer::sum, IntSerializer.INSTANCE));
  }

  private static <T> void write(PeerBackend<T> backend, Kind<T> kind) throws Exception {
    for (T key : kind.objects()) {
      backend.key(key);
      count(backend).add(1);
      for (T other : kind.objects()) {
        value(backend, kind, other).update(key);
        list(backend, kind).add(other);
        map(backend, kind, kind.objects().get(0)).put(other, key);
        map(backend, kind, other).put(other, key);
        Map<T, T> all = new HashMap<>();
        all.put(key, other);
        map(backend, kind, key).putAll(all);
      }
      list(backend, kind).addAll(kind.objects());
    }
    Iterator<Map.Entry<T, T>> entries =
        map(backend, kind, kind.objects().get(0)).entries().iterator();
    entries.next().setValue(kind.objects().get(1));
    entries.next();
    entries.remove();
  }

  private static <T> void read(PeerBackend<T> backend, Transcript transcript, Kind<T> kind)
      throws Exception {
    for (T key : kind.objects()) {
      backend.key(key);
      transcript.show("count", () -> count(backend).get());
      transcript.show("list", () -> list(backend, kind).get());
      for (T other : kind.objects()) {
        transcript.show("value", () -> value(backend, kind, other).value());
        MapState<T, T> map = map(backend, kind, other);
        transcript.show("contains", () -> map.contains(other));
        transcript.show("get", () -> map.get(key));
        transcript.show("keys", map::keys);
        transcript.show("entries", map::entries);
      }
    }
    for (T namespace : kind.objects()) {
      transcript.show("keys of value", () -> keys(backend, "value", namespace));
      transcript.show("keys of map", () -> keys(backend, "map", namespace));
    }
    transcript.show("number of entries", backend.keyed()::numKeyValueStateEntries);
  }

  /**
   * The keys as texts, each once: of a map state stock repeats a key for each of its entries where
   * the key's class has no {@code equals}.
   */
  private static <T> Set<String> keys(PeerBackend<T> backend, String state, T namespace) {
    Set<String> texts = new LinkedHashSet<>();
    try (Stream<T> keys = backend.keyed().getKeys(state, namespace)) {
      keys.forEach(key -> texts.add(Rendering.of(key)));
    }
    return texts;
  }
}
