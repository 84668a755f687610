package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.nio.ByteBuffer;
import org.rocksdb.DirectSlice;
import org.rocksdb.ReadOptions;

/**
 * The read options of one cursor at a time: the user's, with an upper bound of their own.
 *
 * <p>RocksDB keeps a pointer to the bound, and reads it as long as the iterator lives, so the slice
 * and the buffer behind it live as long as the options do. They are used again by later cursors: to
 * make them takes as long as to make the iterator. There is no lower bound: a cursor begins by
 * seeking to it and only ever goes forward.
 */
final class CursorOptions implements AutoCloseable {

  /** Enough for nearly every prefix of keys; a longer bound gets options that are not kept. */
  static final int LONGEST_KEPT_BOUND = 256;

  private final ByteBuffer bound;
  private final DirectSlice upper;
  private final ReadOptions options;
  private int length;

  CursorOptions(ReadOptions defaults, int capacity) {
    this.bound = ByteBuffer.allocateDirect(capacity);
    this.length = capacity;
    this.upper = new DirectSlice(bound, capacity);
    // A copy: the user's factory may have set read options, and bounds must not leak into them.
    this.options = new ReadOptions(defaults).setIterateUpperBound(upper);
    NativeCount.opened(Kind.OPTION);
  }

  /** Options whose bound is this one, until the next call. */
  ReadOptions boundedBy(byte[] upperExclusive) {
    bound.clear();
    bound.put(upperExclusive);
    if (upperExclusive.length != length) {
      length = upperExclusive.length;
      upper.setLength(length);
    }
    return options;
  }

  /** From now on they read as of the view; such options are not used again. */
  void readAsOf(ReadView view) {
    options.setSnapshot(view.snapshot());
    if (view.isWalkedOver()) {
      options.setFillCache(false);
      if (view.readAheadBytes() > 0) {
        options.setReadaheadSize(view.readAheadBytes());
      }
    }
  }

  @Override
  public void close() {
    options.close();
    upper.close();
    NativeCount.closed(Kind.OPTION);
  }
}
