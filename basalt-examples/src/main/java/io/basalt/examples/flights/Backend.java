package io.basalt.examples.flights;

import java.util.Locale;

/** The keyed state backends the job can run on. */
public enum Backend {
  /** Named as any job would: this module's code uses no class of it. */
  BASALT("io.basalt.statebackend.BasaltStateBackendFactory"),

  /** Flink's own on RocksDB. */
  ROCKSDB("rocksdb"),

  /** Flink's own on the heap. */
  HASHMAP("hashmap");

  private final String type;

  Backend(String type) {
    this.type = type;
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value of {@code state.backend.type}. */
  public String type() {
    return type;
  }
}
