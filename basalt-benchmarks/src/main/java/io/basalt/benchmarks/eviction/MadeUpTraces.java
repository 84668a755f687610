package io.basalt.benchmarks.eviction;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Scale;

/** Traces of keys that are drawn at random, with the distributions of the other benchmarks. */
final class MadeUpTraces {

  private static final int HOT_SETS = 4;

  private final int keys;
  private final int length;

  MadeUpTraces(Scale scale) {
    keys = scale.choose(2_000, 1_000_000, 10_000_000);
    length = scale.choose(8_000, 1 << 21, 1 << 24);
  }

  /** Over how many keys the traces of a fixed number of them go. */
  int keys() {
    return keys;
  }

  Trace uniform() {
    return changes(Keys.uniform(keys, length));
  }

  Trace zipf() {
    return changes(zipfKeys());
  }

  /** Keys that come into being, are used for a while and are forgotten. */
  Trace recent() {
    return changes(Keys.recent(keys / 10, Keys.MEAN_LAG * keys / 10_000_000));
  }

  /**
   * Zipf's law, and 32 times in the trace an iteration over a hundredth as many keys as there are,
   * each time over others.
   */
  Trace zipfWithScans() {
    Keys stream = zipfKeys();
    Trace trace = new Trace(length);
    int between = length / 32;
    int scanned = keys;
    for (int step = 0; step < length; step++) {
      if (step % between == between - 1) {
        for (int i = 0; i < keys / 100; i++) {
          trace.read(scanned++);
        }
      }
      trace.change((int) stream.next());
    }
    return trace;
  }

  /** The same keys again and again in the same order, a fifth more than a hundredth of all. */
  Trace loop() {
    int inLoop = keys / 100 + keys / 500;
    Trace trace = new Trace(length);
    for (int step = 0; step < length; step++) {
      trace.change(step % inLoop);
    }
    return trace;
  }

  /** Zipf's law over keys of which others become the frequent ones, all at once. */
  Trace changingHotSet() {
    Keys stream = zipfKeys();
    Trace trace = new Trace(length);
    for (int step = 0; step < length; step++) {
      long shift = (long) step * HOT_SETS / length * (keys / HOT_SETS);
      trace.change((int) ((stream.next() + shift) % keys));
    }
    return trace;
  }

  /** Zipf's law, with the write after each read as an access of its own. */
  Trace zipfTouchedTwice() {
    Keys stream = zipfKeys();
    Trace trace = new Trace(length);
    for (int step = 0; step < length / 2; step++) {
      int key = (int) stream.next();
      trace.read(key);
      trace.change(key);
    }
    return trace;
  }

  private Keys zipfKeys() {
    return Keys.zipf(keys, Keys.EXPONENT, length);
  }

  private Trace changes(Keys stream) {
    Trace trace = new Trace(length);
    for (int step = 0; step < length; step++) {
      trace.change((int) stream.next());
    }
    return trace;
  }
}
