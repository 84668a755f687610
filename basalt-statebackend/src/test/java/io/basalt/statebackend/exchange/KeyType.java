package io.basalt.statebackend.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.VarCharType;

/** A type of key with an endless row of different keys of it. */
record KeyType<K>(String name, TypeSerializer<K> serializer, IntFunction<K> keys) {

  static final KeyType<Integer> INTEGER =
      new KeyType<>("int keys", IntSerializer.INSTANCE, index -> (index - 20) * 1_000_003);

  /** Each key is the beginning of the next one, the first is empty. */
  static final KeyType<String> STRING =
      new KeyType<>("string keys", StringSerializer.INSTANCE, "a"::repeat);

  static final KeyType<Tuple2<String, Long>> TUPLE =
      new KeyType<>(
          "tuple keys",
          Types.<Tuple2<String, Long>>TUPLE(Types.STRING, Types.LONG),
          index -> Tuple2.of("a".repeat(index % 7), (long) -index));

  static final KeyType<Traveller> POJO =
      new KeyType<>(
          "pojo keys",
          TypeInformation.of(Traveller.class),
          index -> Traveller.of(index % 3 == 0 ? null : "b".repeat(index % 5), index));

  private static final RowDataSerializer ROWS =
      new RowDataSerializer(new BigIntType(), new VarCharType(VarCharType.MAX_LENGTH));

  static final KeyType<RowData> ROW =
      new KeyType<>(
          "binary row keys",
          ROWS,
          index ->
              ROWS.toBinaryRow(
                      GenericRowData.of(
                          (long) (index % 11), StringData.fromString("c".repeat(index))))
                  .copy());

  /** All of them. */
  static final List<KeyType<?>> ALL = List.of(INTEGER, STRING, TUPLE, POJO, ROW);

  private KeyType(String name, TypeInformation<K> type, IntFunction<K> keys) {
    this(name, type.createSerializer(new SerializerConfigImpl()), keys);
  }

  K key(int index) {
    return keys.apply(index);
  }

  @Override
  public String toString() {
    return name;
  }

  /** A key of several fields, one of which may be missing. */
  @SuppressWarnings("PublicField") // Flink's rules for a POJO.
  public static final class Traveller {
    public String name;
    public int number;

    static Traveller of(String name, int number) {
      Traveller traveller = new Traveller();
      traveller.name = name;
      traveller.number = number;
      return traveller;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Traveller that
          && number == that.number
          && Objects.equals(name, that.name);
    }

    // Strings and numbers only: the key group has to be the same in every process.
    @Override
    public int hashCode() {
      return Arrays.asList(name, number).hashCode();
    }
  }
}
