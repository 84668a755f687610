package io.basalt.statebackend.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the native objects of this process that Basalt has opened and not yet closed, by kind.
 *
 * <p>RocksDB's objects live outside the Java heap: one that is forgotten is memory that no garbage
 * collector finds. Whoever opens one in this package says so here and says so again when it is
 * closed, so that a test can ask after every lifecycle, the cancelled and failed ones included,
 * whether anything is left. Thread-safe; costs an uncontended add.
 */
public final class NativeCount {

  /** What kind of native object is counted. */
  public enum Kind {
    /** An open database. */
    DATABASE,
    /** A handle of a column family. */
    COLUMN_FAMILY,
    /** An iterator together with its read options and bounds. */
    CURSOR,
    /** A RocksDB snapshot that holds back compactions. */
    READ_VIEW,
    /** A lease that keeps a database open. */
    LEASE,
    /** A write batch. */
    BATCH,
    /** A file of sorted entries that is being written. */
    FILE_WRITER,
    /** Options, filters, caches and whatever else lives as long as a database or a slot. */
    OPTION
  }

  private static final Map<Kind, LongAdder> OPEN = new EnumMap<>(Kind.class);

  static {
    for (Kind kind : Kind.values()) {
      OPEN.put(kind, new LongAdder());
    }
  }

  private NativeCount() {}

  static void opened(Kind kind) {
    adder(kind).increment();
  }

  static void closed(Kind kind) {
    adder(kind).decrement();
  }

  /** How many objects of each kind are open now in this process; kinds with none are left out. */
  public static Map<Kind, Long> open() {
    Map<Kind, Long> open = new EnumMap<>(Kind.class);
    OPEN.forEach(
        (kind, adder) -> {
          long count = adder.sum();
          if (count != 0) {
            open.put(kind, count);
          }
        });
    return open;
  }

  private static LongAdder adder(Kind kind) {
    LongAdder adder = OPEN.get(kind);
    if (adder == null) {
      throw new IllegalArgumentException("Not a counted kind: " + kind);
    }
    return adder;
  }
}
