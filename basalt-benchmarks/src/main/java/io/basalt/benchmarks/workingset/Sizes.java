package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.measure.Scale;

/**
 * How large and how long.
 *
 * @param small keys that fit the memory of a backend
 * @param large keys that do not
 * @param stream keys that are made before they are used
 * @param managedBytes managed memory of a backend in RocksDB
 */
record Sizes(
    int small, int large, int stream, long managedBytes, long warmUpNanos, long windowNanos) {

  /** Entries of a map: so many keys of the stream are one key of the backend. */
  static final int MAP_ENTRIES = 10;

  static Sizes of(Scale scale) {
    return new Sizes(
        scale.choose(2_000, 30_000, 1_000_000),
        scale.choose(5_000, 200_000, 10_000_000),
        1 << scale.choose(12, 20, 24),
        (long) scale.choose(16, 64, 256) << 20,
        scale.choose(20, 90, 1_500) * 1_000_000L,
        scale.choose(60, 220, 10_000) * 1_000_000L);
  }

  /** The same with another large population and other memory. */
  Sizes with(int otherLarge, long otherManagedBytes) {
    return new Sizes(small, otherLarge, stream, otherManagedBytes, warmUpNanos, windowNanos);
  }

  static String count(int number) {
    return number % 1_000_000 == 0
        ? number / 1_000_000 + " M"
        : number % 1_000 == 0 ? number / 1_000 + " k" : Integer.toString(number);
  }
}
