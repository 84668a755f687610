package io.basalt.statebackend.restore;

import java.util.concurrent.Semaphore;

/**
 * How many files the threads of a load have under way: each takes RocksDB some megabytes until it
 * is written, which nobody counts. Thread-safe.
 */
final class FilesUnderWay {

  /** Of first layers. */
  static final int MOST = 64;

  private final Semaphore first = new Semaphore(MOST);

  /**
   * For as many layers of each of those as there can be: what is written otherwise than the layers
   * before would have all of them in level 0.
   */
  private final Semaphore further = new Semaphore(MOST * (LoadedTable.MOST_LAYERS - 1));

  /** Whether one more may be begun. */
  boolean begin(int layer) {
    return of(layer).tryAcquire();
  }

  /** One that has begun is ended. */
  void end(int layer) {
    of(layer).release();
  }

  private Semaphore of(int layer) {
    return layer == 0 ? first : further;
  }
}
