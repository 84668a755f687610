package io.basalt.benchmarks.eviction;

/** The policies that are compared. */
enum PolicyKind {
  FIFO("FIFO", "8"),
  LRU("LRU", "8"),
  CLOCK("CLOCK", "1 (a bit)"),
  SIEVE("SIEVE", "9 (8 and a bit)"),
  S3_FIFO("S3-FIFO", "9 (8 and three bits), 0.9 ghosts of 4 and their table"),
  W_TINY_LFU("W-TinyLFU 1 %", "9 (8 and two bits), a sketch of 8"),
  W_TINY_LFU_WIDE("W-TinyLFU 20 %", "9 (8 and two bits), a sketch of 8"),
  TABLE_HAND("table hand", "1 (three bits), a ring of 0.6, fingerprints of 2"),
  ADAPTIVE_TABLE_HAND("adaptive table hand", "1 (three bits), a ring of 3, fingerprints of 2"),
  TIER_ORDER("tier's order", "9 (8 and three bits), fingerprints of 1");

  private final String label;
  private final String bytes;

  PolicyKind(String label, String bytes) {
    this.label = label;
    this.bytes = bytes;
  }

  Policy make(int capacity, Policy.Evicted evicted) {
    return switch (this) {
      case FIFO -> new Fifo(capacity, evicted);
      case LRU -> new Lru(capacity, evicted);
      case CLOCK -> new Clock(capacity, evicted);
      case SIEVE -> new Sieve(capacity, evicted);
      case S3_FIFO -> new SmallMainFifo(capacity, evicted);
      case W_TINY_LFU -> new WindowTinyLfu(capacity, 0.01, evicted);
      case W_TINY_LFU_WIDE -> new WindowTinyLfu(capacity, 0.2, evicted);
      case TABLE_HAND -> TableHand.fixed(capacity, evicted);
      case ADAPTIVE_TABLE_HAND -> TableHand.adaptive(capacity, evicted);
      case TIER_ORDER -> new AdaptiveSmallMainFifo(capacity, evicted);
    };
  }

  /** Bytes by entry beside the hash table of keys, with references and numbers of four bytes. */
  String bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return label;
  }
}
