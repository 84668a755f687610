package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.SubjectSettings;

/**
 * How much state there is. Sizes are parts of the whole: part 8 is an eighth of it.
 *
 * @param scale of the run
 */
record Sizing(Scale scale) {

  static final int MAX_PARALLELISM = 128;

  /** The whole. */
  static final int WHOLE = 1;

  /** What the heap takes snapshots of: it needs a minute for each gigabyte of small objects. */
  static final int HEAP = 4;

  /** What rescales start with, all subtasks together. */
  static final int RESCALED = 4;

  /**
   * The largest canonical savepoint to be restored, and checkpoint of the heap: Flink reads them
   * with a system call for some bytes, at 5 to 30 MB a second.
   */
  static final int CANONICAL = 8;

  /** The largest canonical savepoint that the heap writes, in a process of another backend. */
  static final int WRITTEN_BY_HEAP = 16;

  /** The smallest native savepoint to be restored. */
  static final int NATIVE = 8;

  /** Where the population begins. */
  static final int SMALLEST = 64;

  /** Random reads after a restore. */
  int reads() {
    return scale.choose(500, 2_000, 20_000);
  }

  long bytes(int part) {
    return scale.choose(2_048_000L, 48_000_000L, 2_048_000_000L) / part;
  }

  long keys(int part) {
    return bytes(part) / Content.BYTES_OF_KEY;
  }

  /** The size in words: bytes of keys and values before compression. */
  String label(int part) {
    long bytes = bytes(part);
    return bytes % 1_000_000 == 0 ? bytes / 1_000_000 + " MB" : bytes / 1_000 + " kB";
  }

  /** Managed memory of a subtask, smaller where there is less state. */
  int managedMegabytes() {
    return scale.choose(32, 64, 512);
  }

  SubjectSettings settings(Backend backend) {
    return SubjectSettings.of(backend, (long) managedMegabytes() << 20);
  }
}
