package io.basalt.statebackend.timer;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The making of one run of two, bit by bit. Meanwhile keys may go from either, the first of both
 * first; so they go from what has been made as well, when it takes their place. Task thread.
 */
final class RunMerge {

  private final Run left;
  private final Run right;
  private final Predicate<byte[]> stays;
  private final Run merged;
  private int atLeft;
  private int atRight;

  /** Of no key yet; those for which it is not said that they stay are left out. */
  RunMerge(Run left, Run right, Predicate<byte[]> stays) {
    this.left = left;
    this.right = right;
    this.stays = stays;
    this.merged = new Run(left.size() + right.size());
    this.atLeft = left.head;
    this.atRight = right.head;
  }

  boolean isOf(Run run) {
    return run == left || run == right;
  }

  /** How many keys there are in both. */
  int length() {
    return left.size() + right.size();
  }

  /** Merges some more keys; whether these were the last. */
  boolean goOn(int keys) {
    for (int step = 0; step < keys; step++) {
      // What has gone meanwhile is not looked at.
      atLeft = Math.max(atLeft, left.head);
      atRight = Math.max(atRight, right.head);
      Run from = next();
      if (from == null) {
        return true;
      }
      int place = from == left ? atLeft++ : atRight++;
      if (stays.test(from.key(place))) {
        merged.add(from, place);
      }
    }
    return atLeft >= left.end && atRight >= right.end;
  }

  private @Nullable Run next() {
    if (atLeft >= left.end || atRight >= right.end) {
      return atLeft < left.end ? left : atRight < right.end ? right : null;
    }
    return Run.compare(left, atLeft, right, atRight) <= 0 ? left : right;
  }

  /** What both are now. */
  Run end() {
    while (!merged.isEmpty() && isBefore(left) && isBefore(right)) {
      merged.removeFirst();
    }
    return merged;
  }

  /** Whether the first one that was merged is before all that are left of a run. */
  private boolean isBefore(Run run) {
    return run.isEmpty() || Run.compare(merged, merged.head, run, run.head) < 0;
  }
}
