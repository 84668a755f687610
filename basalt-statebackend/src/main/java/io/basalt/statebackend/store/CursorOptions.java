package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractSlice;
import org.rocksdb.DirectSlice;
import org.rocksdb.ReadOptions;
import org.rocksdb.Slice;

/**
 * The read options of one cursor at a time: the user's, with an upper bound of their own.
 *
 * <p>RocksDB keeps a pointer to the bound, and reads it as long as the iterator lives, so the slice
 * and the buffer behind it live as long as the options do. They are used again by later cursors: to
 * make them takes as long as to make the iterator. There is no lower bound: a cursor begins by
 * seeking to it and only ever goes forward.
 *
 * <p>A cursor shows all keys of its range. With a prefix extractor of the user's, RocksDB would
 * leave out every file and memtable whose filter does not know the prefix of the key that is
 * sought, and with them whatever follows under other prefixes; stock has no such filters by
 * default, Basalt has.
 */
final class CursorOptions implements AutoCloseable {

  /** Enough for nearly every prefix of keys; options with a longer bound are not kept. */
  static final int LONGEST_KEPT_BOUND = 256;

  private final SpareBounds spare;

  /** Null for a bound that is never set anew. */
  private final @Nullable ByteBuffer buffer;

  private final AbstractSlice<?> upper;
  private final ReadOptions options;
  private int length;

  /**
   * Options with a bound.
   *
   * @param spare gives the buffer of a bound that can be set anew, and gets it back
   */
  CursorOptions(ReadOptions defaults, byte[] upperExclusive, SpareBounds spare) {
    this.spare = spare;
    this.length = upperExclusive.length;
    if (isKept(upperExclusive)) {
      buffer = spare.take();
      buffer.put(upperExclusive);
      upper = new DirectSlice(buffer, length);
    } else {
      // Not a buffer of its own: only the garbage collector would give its memory back.
      buffer = null;
      upper = new Slice(upperExclusive);
    }
    // A copy: the user's factory may have set read options, and bounds must not leak into them.
    this.options =
        new ReadOptions(defaults)
            .setIterateUpperBound(upper)
            .setTotalOrderSeek(true)
            .setPrefixSameAsStart(false);
    NativeCount.opened(Kind.OPTION);
  }

  /** Whether options with the bound can be kept for another one. */
  static boolean isKept(byte[] upperExclusive) {
    return upperExclusive.length <= LONGEST_KEPT_BOUND;
  }

  ReadOptions options() {
    return options;
  }

  /** The bound is this one from now on; only of those that are kept. */
  void boundBy(byte[] upperExclusive) {
    if (buffer == null) {
      throw new IllegalStateException("A bound of " + length + " bytes is not set anew.");
    }
    buffer.clear();
    buffer.put(upperExclusive);
    if (upperExclusive.length != length) {
      length = upperExclusive.length;
      ((DirectSlice) upper).setLength(length);
    }
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

  /** After the iterator that reads with them. */
  @Override
  public void close() {
    options.close();
    upper.close();
    if (buffer != null) {
      spare.give(buffer);
    }
    NativeCount.closed(Kind.OPTION);
  }
}
