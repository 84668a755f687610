package io.basalt.benchmarks.operations;

/** Looks at every element, as the user of an iterator does. */
final class Elements {

  private Elements() {}

  /**
   * Their sum.
   *
   * @throws IllegalStateException if there are not as many as there must be: what was measured is
   *     not what is claimed
   */
  static long sum(Iterable<Long> elements, int expected) {
    int count = 0;
    long sum = 0;
    for (Long element : elements) {
      sum += element;
      count++;
    }
    check(count, expected);
    return sum;
  }

  static void check(int count, int expected) {
    if (count != expected) {
      throw new IllegalStateException(count + " elements instead of " + expected);
    }
  }
}
