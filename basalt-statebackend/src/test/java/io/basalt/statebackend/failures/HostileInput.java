package io.basalt.statebackend.failures;

import java.util.SplittableRandom;

/** What hostile operators get, from a seed: keys that come often and keys that do not, any size. */
final class HostileInput {

  private static final int KEYS = 100;
  private static final int SMALL = 200;
  private static final int MEDIUM = 10_000;
  private static final int LARGE = 100_000;
  private static final int LARGEST = 1 << 20;

  private HostileInput() {}

  private static SplittableRandom random(long seed, int operator, long record) {
    return new SplittableRandom(seed + operator * 1_000_003L + record * 31L);
  }

  /** The key of a record: for every other operator some keys come far more often than the rest. */
  static long key(long seed, int operator, long record) {
    double place = random(seed, operator, record).nextDouble();
    return (long) (KEYS * (operator % 2 == 0 ? place : Math.pow(place, 4)));
  }

  /** A number that says what is done with a record. */
  static int choice(long seed, int operator, long record) {
    SplittableRandom random = random(seed, operator, record);
    random.nextDouble();
    return random.nextInt(1 << 20);
  }

  /** A text of 8 bytes to a megabyte; most are small. */
  static String text(long seed, int operator, long record) {
    SplittableRandom random = random(seed, operator, record);
    random.nextDouble();
    random.nextInt();
    int percent = random.nextInt(100);
    int most = percent < 70 ? SMALL : percent < 95 ? MEDIUM : percent < 99 ? LARGE : LARGEST;
    int length = random.nextInt(8, most);
    // Every other one of characters that do not fit into a byte of Java's.
    String some = (record % 2 == 0 ? "" : "\u4e2d") + random.nextInt(1 << 28);
    return some.repeat(1 + length / some.length()).substring(0, length);
  }
}
