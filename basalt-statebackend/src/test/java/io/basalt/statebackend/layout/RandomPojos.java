package io.basalt.statebackend.layout;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.flink.api.java.tuple.Tuple2;

/** Objects with any values in all fields. The seed is printed. */
final class RandomPojos {

  private static final int[] LENGTHS = {126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385};
  private static final long[] BITS = {
    0,
    -1,
    Long.MIN_VALUE,
    Long.MAX_VALUE,
    Double.doubleToLongBits(-0.0),
    Double.doubleToLongBits(Double.NaN),
    0x7ff8_0000_0000_0001L,
    0xfff0_1234_5678_9abcL,
    Double.doubleToLongBits(Double.NEGATIVE_INFINITY)
  };

  private final Random random;

  RandomPojos(long seed) {
    System.out.println("seed " + seed);
    random = new Random(seed);
  }

  /** With all fields, those of its superclasses too. */
  <V> V fill(V object) throws IllegalAccessException {
    for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          field.setAccessible(true);
          field.set(object, value(field));
        }
      }
    }
    return object;
  }

  private Object value(Field field) throws IllegalAccessException {
    Class<?> type = field.getType();
    if (!type.isPrimitive() && random.nextInt(4) == 0) {
      return null;
    }
    if (type == List.class) {
      return field.getName().equals("inners")
          ? list(() -> fill(new Pojos.Inner()))
          : list(() -> text(20));
    }
    return value(type);
  }

  private Object value(Class<?> type) throws IllegalAccessException {
    long bits = random.nextInt(4) == 0 ? BITS[random.nextInt(BITS.length)] : random.nextLong();
    return switch (type.getSimpleName()) {
      case "boolean", "Boolean" -> random.nextBoolean();
      case "byte", "Byte" -> (byte) bits;
      case "short", "Short" -> (short) bits;
      case "char", "Character" -> (char) bits;
      case "int", "Integer" -> (int) bits;
      case "long", "Long" -> bits;
      case "float", "Float" ->
          random.nextBoolean()
              ? (float) Double.longBitsToDouble(bits)
              : Float.intBitsToFloat((int) bits);
      case "double", "Double" -> Double.longBitsToDouble(bits);
      case "String" -> text();
      case "BigInteger" -> new BigInteger(random.nextInt(100), random);
      case "Inner" -> fill(new Pojos.Inner());
      case "Color" -> List.of(Pojos.Color.values()).get(random.nextInt(3));
      case "Map" -> map();
      case "int[]" -> random.ints(random.nextInt(5)).toArray();
      case "String[]" -> list(() -> text(20)).toArray(new String[0]);
      case "Inner[]" -> list(() -> fill(new Pojos.Inner())).toArray(new Pojos.Inner[0]);
      case "Pair" -> new Pojos.Pair((int) bits, text());
      case "Tuple2" -> Tuple2.of(bits, text());
      case "Odd" -> new Pojos.Odd((int) bits);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private Map<String, Integer> map() {
    Map<String, Integer> map = new HashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      map.put(text(20), random.nextInt());
    }
    return map;
  }

  /** Makes one element. */
  private interface Element<E> {
    E make() throws IllegalAccessException;
  }

  private <E> List<E> list(Element<E> element) throws IllegalAccessException {
    List<E> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(element.make());
    }
    return list;
  }

  /** Of any length, but mostly short. */
  String text() {
    return switch (random.nextInt(20)) {
      case 0 -> "";
      case 1, 2, 3 -> text(LENGTHS[random.nextInt(4)], this::bound);
      case 4 -> text(LENGTHS[random.nextInt(LENGTHS.length)], this::bound);
      default -> text(20);
    };
  }

  private String text(int most) {
    return text(random.nextInt(most), this::bound);
  }

  /** Characters of one byte, of up to two, or any, with halves of pairs. */
  private int bound() {
    return List.of(128, 128, 256, 1 << 16).get(random.nextInt(4));
  }

  private String text(int length, Supplier<Integer> bound) {
    int below = bound.get();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) random.nextInt(below));
    }
    return text.toString();
  }
}
