package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;

/**
 * Counters of even keys only: an odd key lies between two that are there, so that no file can be
 * ruled out by its first and last key.
 */
final class SparseKind implements Kind {

  private final LongKind kind = new LongKind();

  @Override
  public String name() {
    return "absent";
  }

  @Override
  public String description() {
    return kind.description();
  }

  @Override
  public int entriesOfKey() {
    return 1;
  }

  @Override
  public int heapMegabytesOfMillion() {
    return kind.heapMegabytesOfMillion();
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    Access access = kind.open(subtask);
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        access.create(key * 2);
      }

      @Override
      public boolean change(long key) throws Exception {
        return access.change(key * 2 + 1);
      }

      @Override
      public boolean read(long key) throws Exception {
        return access.read(key * 2 + 1);
      }
    };
  }
}
