package io.basalt.statebackend.exchange;

import java.util.List;

/** Parallelism before and after a restore, and the number of key groups. */
record Scale(int before, int after, int maxParallelism) {

  static final Scale SAME = new Scale(1, 1, 128);

  static final Scale UNEVEN = new Scale(2, 3, 128);

  /** The same range, split, merged and cut anew; key groups of one and of two bytes. */
  static final List<Scale> ALL =
      List.of(SAME, new Scale(1, 2, 1000), new Scale(2, 1, 1000), UNEVEN, new Scale(3, 2, 1000));

  static final List<Scale> SAME_SPLIT_MERGED =
      List.of(SAME, new Scale(1, 2, 128), new Scale(3, 2, 128));

  @Override
  public String toString() {
    return before + " to " + after + " of " + maxParallelism;
  }
}
