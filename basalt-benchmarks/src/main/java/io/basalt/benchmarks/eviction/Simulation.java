package io.basalt.benchmarks.eviction;

/** A policy at work on a trace, with what reaches RocksDB below it. */
final class Simulation {

  private final Trace trace;
  private final int from;

  /**
   * @param from what is done before fills the cache and is not counted
   */
  Simulation(Trace trace, int from) {
    this.trace = trace;
    this.from = from;
  }

  /**
   * What came of it.
   *
   * @param dirtyEvictions writes to RocksDB because an entry with a change had to go
   * @param writes all of them: also those of checkpoints, and the deletes of cleared keys that
   *     RocksDB had
   */
  record Outcome(long accesses, long hits, long dirtyEvictions, long writes) {

    double hitRatio() {
      return (double) hits / accesses;
    }

    double dirtyEvictionsByThousand() {
      return 1_000.0 * dirtyEvictions / accesses;
    }

    double writesByThousand() {
      return 1_000.0 * writes / accesses;
    }
  }

  /**
   * Runs it.
   *
   * @param checkpointEvery after how many steps everything dirty is written
   */
  Outcome run(PolicyKind kind, int capacity, int checkpointEvery) {
    Dirt dirt = new Dirt(trace.keys());
    Policy policy = kind.make(capacity, dirt);
    long accesses = 0;
    long hits = 0;
    for (int step = 0; step < trace.length(); step++) {
      if (step == from) {
        accesses = 0;
        hits = 0;
        dirt.forgetCounts();
      }
      if (step > 0 && step % checkpointEvery == 0) {
        dirt.writeAll();
      }
      int key = trace.key(step);
      if (trace.kind(step) == Trace.CLEAR) {
        policy.remove(key);
        dirt.cleared(key);
      } else {
        accesses++;
        hits += policy.access(key) ? 1 : 0;
        if (trace.kind(step) == Trace.CHANGE) {
          dirt.changed(key);
        }
      }
    }
    return new Outcome(accesses, hits, dirt.evictions, dirt.writes);
  }

  /** Which keys have a change that RocksDB does not have, and which RocksDB has at all. */
  private static final class Dirt implements Policy.Evicted {

    private final long[] dirty;
    private final long[] below;
    private long evictions;
    private long writes;

    Dirt(int keys) {
      dirty = new long[keys / Long.SIZE + 1];
      below = new long[dirty.length];
    }

    void changed(int key) {
      dirty[key / Long.SIZE] |= 1L << key;
    }

    @Override
    public void evicted(int key) {
      int word = key / Long.SIZE;
      if ((dirty[word] & 1L << key) != 0) {
        dirty[word] &= ~(1L << key);
        below[word] |= 1L << key;
        evictions++;
        writes++;
      }
    }

    /** What never reached RocksDB need not be deleted there. */
    void cleared(int key) {
      int word = key / Long.SIZE;
      dirty[word] &= ~(1L << key);
      if ((below[word] & 1L << key) != 0) {
        below[word] &= ~(1L << key);
        writes++;
      }
    }

    void writeAll() {
      for (int word = 0; word < dirty.length; word++) {
        writes += Long.bitCount(dirty[word]);
        below[word] |= dirty[word];
        dirty[word] = 0;
      }
    }

    void forgetCounts() {
      evictions = 0;
      writes = 0;
    }
  }
}
