package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The order of keys, beside that of a stable sort which compares them. */
class KeySorterTest {

  private static final int ROUNDS = 30;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final KeySorter sorter = new KeySorter();

  /** As a backend has them: a key group, a number, a namespace. */
  @Test
  void numbersOfKeyGroups() {
    check(
        () -> {
          byte[] key = new byte[11];
          key[1] = (byte) random.nextInt(4);
          key[8] = (byte) random.nextInt(3);
          key[9] = (byte) random.nextInt();
          return key;
        });
  }

  @Test
  void bytesAreCompared() {
    check(() -> bytes(random.nextInt(30), 256));
  }

  /** Zeros at the end are no bytes that are not there. */
  @Test
  void keysThatBeginWithOthers() {
    check(() -> bytes(random.nextInt(40), 2));
  }

  @Test
  void manyThatHaveMuchInCommon() {
    byte[] common = bytes(300, 256);
    check(
        () -> {
          byte[] key = Arrays.copyOf(common, random.nextInt(3) == 0 ? 310 : 304);
          key[302] = (byte) random.nextInt();
          key[303] = (byte) random.nextInt(2);
          return key;
        });
  }

  @Test
  void fewThatComeAgainAndAgain() {
    List<byte[]> few = List.of(bytes(0, 1), bytes(7, 9), bytes(8, 1), bytes(9, 1), bytes(16, 1));
    check(() -> few.get(random.nextInt(few.size())));
  }

  private byte[] bytes(int length, int values) {
    byte[] bytes = new byte[length];
    for (int position = 0; position < length; position++) {
      bytes[position] = (byte) random.nextInt(values);
    }
    return bytes;
  }

  private void check(Supplier<byte[]> keys) {
    for (int round = 0; round < ROUNDS; round++) {
      List<byte[]> added = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      int count = random.nextInt(random.nextInt(5) == 0 ? 10_000 : 100);
      for (int number = 0; number < count; number++) {
        byte[] key = keys.get();
        // Keys are parts of arrays.
        byte[] around = bytes(key.length + 5, 256);
        System.arraycopy(key, 0, around, 3, key.length);
        sorter.add(around, 3, 3 + key.length);
        added.add(key);
        expected.add(number);
      }
      expected.sort(Comparator.comparing(added::get, Arrays::compareUnsigned));
      int[] order = Arrays.copyOf(sorter.inOrder(), sorter.size());
      assertThat(order)
          .as("seed %d, round %d", seed, round)
          .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
      sorter.clear();
      assertThat(sorter.size()).isZero();
    }
  }
}
