package io.basalt.statebackend.config;

/** Which of RocksDB's block caches is used where memory is shared. */
public enum BlockCache {
  /**
   * HyperClockCache: no lock, and cheaper to ask (reads of cached keys take a tenth less); index
   * and filter blocks are kept longer than data, but no fixed part is set aside for them.
   */
  CLOCK,
  /** LRUCache, which stock has, with a part set aside for index and filter blocks. */
  LRU
}
