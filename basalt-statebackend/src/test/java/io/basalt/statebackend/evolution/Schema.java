package io.basalt.statebackend.evolution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.RowSerializer;
import org.apache.flink.api.java.typeutils.runtime.TupleSerializer;
import org.apache.flink.types.Row;

/**
 * One version of what a state holds: a serializer, and a value for each number. Not thread-safe.
 *
 * @param numbers give the number of a value back; what a sum is
 * @param texts say all that is in a value
 * @param classLoader has the classes of the values, as the class loader of a job's version has
 */
record Schema(
    TypeSerializer<Object> prototype,
    IntFunction<Object> values,
    ToIntFunction<Object> numbers,
    Function<Object, String> texts,
    ClassLoader classLoader) {

  // Values of a schema only ever meet its own functions.
  @SuppressWarnings("unchecked")
  static <T> Schema of(
      TypeSerializer<T> serializer,
      IntFunction<T> values,
      ToIntFunction<T> numbers,
      Function<T, String> texts) {
    return new Schema(
        (TypeSerializer<Object>) serializer,
        values::apply,
        value -> numbers.applyAsInt((T) value),
        value -> texts.apply((T) value),
        Schema.class.getClassLoader());
  }

  Schema in(ClassLoader other) {
    return new Schema(prototype, values, numbers, texts, other);
  }

  TypeSerializer<Object> serializer() {
    return prototype.duplicate();
  }

  Object value(int number) {
    return values.apply(number);
  }

  int number(Object value) {
    return numbers.applyAsInt(value);
  }

  String text(Object value) {
    return texts.apply(value);
  }

  /** What the text of a value must be that this version has written. */
  String text(int number) {
    return text(value(number));
  }

  /** Does something in this version of the job: its class loader is that of the thread. */
  <T> T run(Callable<T> action) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classLoader);
    try {
      return action.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** As the field of a row, beside its number. */
  Schema inRow() {
    return of(
            new RowSerializer(new TypeSerializer<?>[] {IntSerializer.INSTANCE, serializer()}),
            number -> Row.of(number, value(number)),
            row -> (Integer) row.getField(0),
            row -> inRow(row.getField(0), text(row.getField(1))))
        .in(classLoader);
  }

  static String inRow(Object number, String text) {
    return "row " + number + ", " + text;
  }

  /** As the field of a tuple, beside its number. */
  Schema inTuple() {
    @SuppressWarnings("unchecked")
    Class<Tuple2<Integer, Object>> type = (Class<Tuple2<Integer, Object>>) (Class<?>) Tuple2.class;
    return of(
            new TupleSerializer<>(
                type, new TypeSerializer<?>[] {IntSerializer.INSTANCE, serializer()}),
            number -> Tuple2.of(number, value(number)),
            tuple -> tuple.f0,
            tuple -> inTuple(tuple.f0, text(tuple.f1)))
        .in(classLoader);
  }

  static String inTuple(int number, String text) {
    return "tuple " + number + ", " + text;
  }

  /** As a key and as a value of a map. */
  Schema inMap() {
    return Schema.<Map<Object, Object>>of(
            new MapSerializer<>(serializer(), serializer()),
            number -> new HashMap<>(Map.of(value(number), value(number + 1))),
            map -> number(map.keySet().iterator().next()),
            map -> {
              Map.Entry<Object, Object> entry = map.entrySet().iterator().next();
              return inMap(text(entry.getKey()), text(entry.getValue()));
            })
        .in(classLoader);
  }

  static String inMap(String key, String value) {
    return key + " to " + value;
  }

  /** Twice in a list. */
  Schema inList() {
    return Schema.<List<Object>>of(
            new ListSerializer<>(serializer()),
            number -> new ArrayList<>(List.of(value(number), value(number))),
            list -> number(list.get(0)),
            list -> list.stream().map(texts).toList().toString())
        .in(classLoader);
  }

  static String inList(String text) {
    return List.of(text, text).toString();
  }
}
