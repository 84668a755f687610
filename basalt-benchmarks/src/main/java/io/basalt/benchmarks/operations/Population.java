package io.basalt.benchmarks.operations;

import io.basalt.benchmarks.measure.Scale;

/** How many keys there are and what each of them has. */
final class Population {

  static final int LIST_ELEMENTS = 10;
  static final int MAP_ENTRIES = 10;

  private Population() {}

  /** Keys with a single value. */
  static int values(Scale scale) {
    return scale.choose(500, 10_000, 100_000);
  }

  /** Keys with a list of {@value #LIST_ELEMENTS} elements. */
  static int lists(Scale scale) {
    return scale.choose(200, 2_000, 20_000);
  }

  /** Keys with a long list. */
  static int longLists(Scale scale) {
    return scale.choose(4, 10, 100);
  }

  static int longListElements(Scale scale) {
    return scale.choose(100, 1_000, 1_000);
  }

  /** Keys with a map of {@value #MAP_ENTRIES} entries. */
  static int maps(Scale scale) {
    return scale.choose(200, 2_000, 20_000);
  }

  /** Numbers from the first on: keys, the elements of a list, or the keys of a map. */
  static Long[] numbers(int first, int count) {
    Long[] numbers = new Long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (long) first + i;
    }
    return numbers;
  }
}
