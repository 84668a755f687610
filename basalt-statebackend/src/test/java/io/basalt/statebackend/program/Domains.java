package io.basalt.statebackend.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.VarCharType;

/** The kinds of serializers that programs use. New ones at every call: they are not thread-safe. */
final class Domains {

  static final int MEGABYTE = 1 << 20;

  /** The number of an object that is at least a megabyte long, where objects have a length. */
  static final int HUGE = 499;

  private Domains() {}

  /** Any of them, as keys, user keys or values. */
  static Domain<?> any(Random random) {
    List<Supplier<Domain<?>>> all = new ArrayList<>(comparable());
    all.add(() -> rows(true));
    all.add(Domains::bytes);
    all.add(Domains::pojos);
    all.add(Domains::kryo);
    return all.get(random.nextInt(all.size())).get();
  }

  /** One whose objects have {@code equals} and {@code hashCode}, as the heap backend needs. */
  static Domain<?> anyComparable(Random random) {
    List<Supplier<Domain<?>>> all = comparable();
    return all.get(random.nextInt(all.size())).get();
  }

  private static List<Supplier<Domain<?>>> comparable() {
    return List.of(
        Domains::integers,
        Domains::longs,
        Domains::texts,
        Domains::doubles,
        Domains::tuples,
        () -> rows(false));
  }

  /** What namespaces are made of. */
  static Domain<?> anyNamespace(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> texts();
      case 1 -> windows();
      case 2 -> longs();
      default -> none();
    };
  }

  static Domain<VoidNamespace> none() {
    return unchangeable("none", VoidNamespaceSerializer.INSTANCE, number -> VoidNamespace.INSTANCE);
  }

  /** The end of the first is all 0xFF. */
  static Domain<TimeWindow> windows() {
    return unchangeable(
        "windows",
        new TimeWindow.Serializer(),
        number -> new TimeWindow((number - 1) * 1_000L, number * 1_000L - 1));
  }

  private static Domain<Integer> integers() {
    return unchangeable("integers", IntSerializer.INSTANCE, number -> (number - 5) * 1_000_003);
  }

  /** The bytes of the first two end in 0xFF: the bound behind them has to carry. */
  static Domain<Long> longs() {
    return unchangeable(
        "longs",
        LongSerializer.INSTANCE,
        number ->
            switch (number) {
              case 0 -> -1L;
              case 1 -> Long.MAX_VALUE;
              default -> (number - 5) * 0x2C2C2C2C2CL;
            });
  }

  /** Each of the first is the beginning of the next. */
  static Domain<String> texts() {
    return unchangeable(
        "texts",
        StringSerializer.INSTANCE,
        number -> number < 8 ? "a".repeat(number) : number + ",".repeat(size(number)));
  }

  private static Domain<Double> doubles() {
    return unchangeable(
        "doubles",
        DoubleSerializer.INSTANCE,
        number ->
            switch (number) {
              case 0 -> 0.0;
              case 1 -> -0.0;
              case 2 -> Double.NaN;
              case 3 -> Double.NEGATIVE_INFINITY;
              default -> (number % 2 - 0.5) * number;
            });
  }

  private static Domain<byte[]> bytes() {
    IntFunction<byte[]> objects =
        number -> {
          byte[] bytes = new byte[number == 0 ? 0 : 4 + size(number)];
          Arrays.fill(bytes, (byte) (number % 3 - 1));
          if (number > 0) {
            bytes[0] = (byte) number;
            bytes[1] = (byte) (number >> 8);
          }
          return bytes;
        };
    return new Domain<>(
        "byte arrays",
        BytePrimitiveArraySerializer.INSTANCE,
        objects,
        objects,
        (object, other) -> {
          if (object.length != other.length) {
            Arrays.fill(object, (byte) 99);
            return other;
          }
          System.arraycopy(other, 0, object, 0, other.length);
          return object;
        },
        false);
  }

  private static Domain<Tuple2<String, Long>> tuples() {
    IntFunction<Tuple2<String, Long>> objects =
        number -> Tuple2.of("t".repeat(number % 3 + size(number)), (long) number);
    return new Domain<>(
        "tuples",
        serializer(Types.<Tuple2<String, Long>>TUPLE(Types.STRING, Types.LONG)),
        objects,
        objects,
        (object, other) -> {
          object.setFields(other.f0, other.f1);
          return object;
        },
        true);
  }

  private static Domain<Reading> pojos() {
    IntFunction<Reading> objects =
        number -> {
          Reading reading = new Reading();
          reading.become(
              number % 4 == 0 ? null : "p".repeat(number % 5 + size(number)), number, number / 3.0);
          return reading;
        };
    return new Domain<>(
        "POJOs without equals",
        serializer(TypeInformation.of(Reading.class)),
        objects,
        objects,
        (object, other) -> {
          object.become(other.place, other.number, other.value);
          return object;
        },
        false);
  }

  private static Domain<Route> kryo() {
    IntFunction<Route> objects =
        number -> new Route(new ArrayList<>(List.of("k" + number, "r".repeat(size(number)))));
    return new Domain<>(
        "Kryo",
        serializer(TypeInformation.of(Route.class)),
        objects,
        objects,
        (object, other) -> {
          object.stops().clear();
          object.stops().addAll(other.stops());
          return object;
        },
        false);
  }

  /** Binary as they are read, which no generic row is equal to; or in both forms in turn. */
  private static Domain<RowData> rows(boolean both) {
    RowDataSerializer serializer =
        new RowDataSerializer(new BigIntType(), new VarCharType(VarCharType.MAX_LENGTH));
    RowDataSerializer own = (RowDataSerializer) serializer.duplicate();
    IntFunction<RowData> generic =
        number ->
            GenericRowData.of(
                (long) number, StringData.fromString("c".repeat(number % 12 + size(number))));
    IntFunction<RowData> binary = number -> own.toBinaryRow(generic.apply(number)).copy();
    return new Domain<>(
        both ? "rows, binary and generic" : "binary rows",
        serializer,
        binary,
        both ? generic : binary,
        (object, other) -> {
          if (object instanceof GenericRowData row) {
            row.setField(0, other.getLong(0));
            row.setField(1, other.getString(1));
            return row;
          }
          ((BinaryRowData) object).setLong(0, other.getLong(0));
          return other;
        },
        true);
  }

  /** An object that the serializer refuses with an exception; null where it takes any. */
  static Object unwritable(Domain<?> domain) {
    return domain.asRead(0) instanceof Tuple2 ? Tuple2.of("", null) : null;
  }

  /** How many bytes an object is longer: a block's worth now and then. */
  private static int size(int number) {
    if (number < Domain.SMALL) {
      return 0;
    }
    return number == HUGE ? MEGABYTE : number % 17 == 0 ? 5_000 : 0;
  }

  private static <T> Domain<T> unchangeable(
      String name, TypeSerializer<T> serializer, IntFunction<T> objects) {
    return new Domain<>(name, serializer, objects, objects, (object, other) -> other, true);
  }

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  /** Has the identity of an object, as users write them. */
  @SuppressWarnings("PublicField") // Flink's rules for a POJO.
  public static final class Reading {
    public String place;
    public int number;
    public double value;

    void become(String newPlace, int newNumber, double newValue) {
      place = newPlace;
      number = newNumber;
      value = newValue;
    }
  }

  /** No POJO for want of a constructor without parameters: Flink falls back to Kryo. */
  static final class Route {
    private final List<String> stops;

    Route(List<String> stops) {
      this.stops = stops;
    }

    List<String> stops() {
      return stops;
    }
  }
}
