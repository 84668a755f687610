package io.basalt.benchmarks.measure;

import java.util.Locale;

/** The backends that are measured, in the order in which tables show them. */
public enum Backend {
  /** Flink's {@code EmbeddedRocksDBStateBackend}. */
  STOCK("rocksdb"),
  BASALT("io.basalt.statebackend.BasaltStateBackendFactory"),
  /** Flink's {@code HashMapStateBackend}. */
  HEAP("hashmap");

  private final String option;

  Backend(String option) {
    this.option = option;
  }

  /** What {@code state.backend.type} says. */
  public String option() {
    return option;
  }

  /** Whether it keeps state in RocksDB. */
  public boolean isOnDisk() {
    return this != HEAP;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
