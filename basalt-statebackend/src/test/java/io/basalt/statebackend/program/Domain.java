package io.basalt.statebackend.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.MathUtils;

/**
 * A serializer and an endless row of different objects for it, each made anew whenever it is asked
 * for.
 *
 * <p>Objects are known by their numbers; two objects of one number have the same bytes, and no two
 * numbers have.
 *
 * @param <T> type of the objects
 */
final class Domain<T> {

  /** Functions of states compute with the numbers below this; objects of these are small. */
  static final int SMALL = 31;

  /** Changes an object in place where that is possible. */
  interface Change<T> {
    /**
     * Makes the object equal to another one.
     *
     * @return the object itself, or the other where it cannot be changed
     */
    T become(T object, T other);
  }

  private final String name;
  private final TypeSerializer<T> serializer;
  private final TypeSerializer<T> own;
  private final IntFunction<T> objects;
  private final IntFunction<T> others;
  private final Change<T> change;
  private final boolean stableHash;
  private final Map<Bytes, Integer> numbers = new HashMap<>();
  private final Map<Integer, Bytes> bytes = new HashMap<>();
  private int asked;

  /**
   * @param objects gives each object in the form that the serializer gives back
   * @param others gives it in another form with the same bytes
   * @param stableHash whether the hash code is that of the content, as a key's must be
   */
  Domain(
      String name,
      TypeSerializer<T> serializer,
      IntFunction<T> objects,
      IntFunction<T> others,
      Change<T> change,
      boolean stableHash) {
    this.name = name;
    this.serializer = serializer;
    this.own = serializer.duplicate();
    this.objects = objects;
    this.others = others;
    this.change = change;
    this.stableHash = stableHash;
  }

  TypeSerializer<T> serializer() {
    return serializer;
  }

  boolean hasStableHash() {
    return stableHash;
  }

  /** A new object of the number, in whichever of its forms. */
  T object(int number) {
    return asked++ % 2 == 0 ? objects.apply(number) : others.apply(number);
  }

  /** A new object of the number, in the form in which it is read. */
  T asRead(int number) {
    return objects.apply(number);
  }

  Bytes bytes(int number) {
    return bytes.computeIfAbsent(number, it -> bytesOf(objects.apply(it)));
  }

  Bytes bytesOf(T object) {
    DataOutputSerializer target = new DataOutputSerializer(64);
    try {
      own.serialize(object, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Bytes(target.getCopyOfBuffer());
  }

  /** The number of a small object, which it must be. */
  int numberOf(T object) {
    return numberOfBytes(bytesOf(object));
  }

  /** The number of the small object that has the bytes. */
  int numberOfBytes(Bytes its) {
    if (numbers.isEmpty()) {
      for (int number = 0; number < SMALL; number++) {
        numbers.put(bytes(number), number);
      }
    }
    Integer number = numbers.get(its);
    if (number == null) {
      throw new IllegalStateException("Nobody has made an object of " + name + " of bytes " + its);
    }
    return number;
  }

  T become(T object, int number) {
    return change.become(object, objects.apply(number));
  }

  /** Does to an object what users do who use it again: changes it, where that is possible. */
  void spoil(T object) {
    if (object != null) {
      change.become(object, objects.apply(SMALL - 1));
    }
  }

  /** In which key group the key of a number is, for whoever asks. */
  int keyGroup(int number, int keyGroups) {
    return stableHash
        ? KeyGroupRangeAssignment.assignToKeyGroup(objects.apply(number), keyGroups)
        : MathUtils.murmurHash(number) % keyGroups;
  }

  @Override
  public String toString() {
    return name;
  }
}
