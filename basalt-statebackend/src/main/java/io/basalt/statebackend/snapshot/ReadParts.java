package io.basalt.statebackend.snapshot;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * The key groups of a canonical snapshot in parts, which readers take one after the other. Who took
 * which is known, for they are written in their order. Thread-safe.
 */
final class ReadParts {

  /** More make no reader busier, and each ends with a chunk that is not full. */
  private static final int MOST_PARTS = 128;

  private final List<KeyGroupRange> parts = new ArrayList<>();
  private final List<EntryReader> takers = new ArrayList<>();

  /** Parts of the range, none of which has been taken. */
  ReadParts(KeyGroupRange range) {
    long groups = range.getNumberOfKeyGroups();
    long count = Math.min(MOST_PARTS, groups);
    for (long part = 0; part < count; part++) {
      parts.add(
          KeyGroupRange.of(
              range.getStartKeyGroup() + (int) (groups * part / count),
              range.getStartKeyGroup() + (int) (groups * (part + 1) / count) - 1));
    }
  }

  int count() {
    return parts.size();
  }

  /** Gives the reader the first part that nobody has, or null; not to wait for. */
  synchronized @Nullable KeyGroupRange take(EntryReader reader) {
    if (takers.size() == parts.size()) {
      return null;
    }
    takers.add(reader);
    notifyAll();
    return parts.get(takers.size() - 1);
  }

  /**
   * Who reads the part. Waits until somebody does, which is soon if all parts before have been
   * written: then no reader waits for the writer.
   */
  synchronized EntryReader readerOf(int part) throws InterruptedException {
    while (takers.size() <= part) {
      wait();
    }
    return takers.get(part);
  }
}
