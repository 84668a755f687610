package io.basalt.statebackend.failures;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What user code holds of the heap itself: more and more in the second quarter of all records, all
 * of it in the third, nothing after that.
 *
 * @param bytes how much in the end
 * @param records how many there are
 */
record MemoryHog(long bytes, long records) implements Serializable {

  private static final int PIECE_BYTES = 64 << 10;

  private static final List<byte[]> HELD = new ArrayList<>();

  static MemoryHog none() {
    return new MemoryHog(0, 1);
  }

  void hold(long record) {
    if (bytes == 0) {
      return;
    }
    double quarter = records / 4.0;
    double part = record > 3 * quarter ? 0 : Math.min(1, Math.max(0, record / quarter - 1));
    long pieces = (long) (part * bytes / PIECE_BYTES);
    if (pieces == 0) {
      HELD.clear();
    }
    while (HELD.size() < pieces) {
      HELD.add(new byte[PIECE_BYTES]);
    }
  }
}
