package io.basalt.statebackend.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one registered state: ordered by key, bytes unsigned.
 *
 * <p>Everything above this package reads and writes a state through this interface only, so that a
 * table may one day consist of parts (restored files still arriving under a live database). Today
 * it is a column family.
 *
 * <p>Threading: writes come from the task thread. Reads may come from any thread that keeps the
 * database open meanwhile, see {@link Database#lease()}. No array passed in is kept; every array
 * returned is the caller's. Errors of RocksDB surface as {@link StoreException}.
 */
public interface Table {

  /** Stands for the length of what is not there. */
  int ABSENT = -1;

  /** The state's name, which is the column family's name. */
  String name();

  /** The value under the key, or null if there is none. */
  byte @Nullable [] get(byte[] key);

  /** Whether there is a value under the key. It is not copied. */
  boolean contains(byte[] key);

  /**
   * How long the value under the key is, in bytes, 0 if there is none, {@link Integer#MAX_VALUE} if
   * it is longer than an array can be. It is put together but not copied.
   */
  default int valueLength(byte[] key) {
    return Math.max(0, read(key, new byte[0]));
  }

  /**
   * How long the value under the key is, as {@link #valueLength} says it, but {@link #ABSENT} if
   * there is none; as much of it is copied into the buffer as that has room for.
   */
  int read(byte[] key, byte[] buffer);

  /** Sets the value under the key. */
  void put(byte[] key, byte[] value);

  /**
   * Appends the operand to the value under the key, separated by a comma byte where there is a
   * value already (the merge operator of every Flink table). Cheap: nothing is read. Of several in
   * a row all but the first wait to be handed over together, as {@link #putBuffered} does; the
   * first, too, as long as a snapshot has yet to fix what is here.
   */
  void merge(byte[] key, byte[] operand);

  /** Removes the key; nothing happens if it is absent. */
  void delete(byte[] key);

  /**
   * Like {@link #put}, but cheaper, as the write may wait to be handed over with others. Every read
   * through this table, every view and every link of files hands over first, so that nobody can
   * tell. Task thread only.
   */
  void putBuffered(byte[] key, byte[] value);

  /** Like {@link #delete}, see {@link #putBuffered}. */
  void deleteBuffered(byte[] key);

  /**
   * What waits above this table is handed over from now on before anybody walks over the table or
   * compacts it. Single reads are not for whoever has something waiting: he knows better. Task
   * thread.
   *
   * @param above writes all of it into the table
   */
  void handOverWhenRead(Runnable above);

  /**
   * Somebody buffers changes of this table himself, and hands them over from now on whenever what
   * is buffered is. Task thread.
   *
   * @param above writes all of them
   */
  void handOverWithBuffered(Runnable above);

  /** Has everything handed over that waits, as above, and what is buffered. Task thread. */
  void handOver();

  /** Whether a read would wait for a snapshot, as what is buffered has to. Any thread. */
  boolean holdsWrites();

  /** Hands over what is buffered. Task thread. */
  void handOverBuffered();

  /**
   * Removes every key from the lower bound to before the upper bound, by one range tombstone. Every
   * later read of the neighbourhood pays for a live range tombstone, see {@link
   * #takesRangeDeletions}.
   */
  void deleteRange(byte[] lowerInclusive, byte[] upperExclusive);

  /**
   * Has the ranges deleted so far merged away soon after the next flush, in the background, unless
   * the table is large: what was there is no more in the way of the next rescale then. Task thread.
   */
  void mergeDeletedRanges();

  /** Whether there are so few range tombstones that one more does no harm. Task thread. */
  boolean takesRangeDeletions();

  /** Whether new memtables have a filter because many reads find nothing. Any thread. */
  boolean hasAdaptedMemtableFilter();

  /**
   * Opens a cursor over the keys from the lower bound to before the upper bound that sees the table
   * as of now, whatever is written afterwards. The caller closes it. It starts at no entry: {@link
   * Cursor#seekToFirst()} or {@link Cursor#seek(byte[])} first.
   */
  default Cursor cursor(byte[] lowerInclusive, byte[] upperExclusive) {
    handOver();
    return cursor(lowerInclusive, upperExclusive, null);
  }

  /**
   * The same, but nothing that waits is handed over, as {@link #handOver} does, for it.
   *
   * @param view the cursor sees the table as of it, and it must outlive the cursor; null for as of
   *     now
   */
  Cursor cursor(byte[] lowerInclusive, byte[] upperExclusive, @Nullable ReadView view);

  /**
   * A numeric property of RocksDB for this table, such as {@code rocksdb.estimate-num-keys}.
   *
   * @throws StoreException if RocksDB does not know the property
   */
  long property(String name);

  /**
   * Has compactions remove what has expired from now on, the periodic ones included that come with
   * it. A table whose values have no times yet must be migrated first. Task thread.
   *
   * @param expiry null if nothing expires any more, as before a migration to values without times
   */
  void expire(@Nullable Expiry expiry);

  /** Compacts the whole table and waits for it. Interrupting the thread does not stop it. */
  void compact();

  /** Whether a file may have a key, or delete one, from the lower bound to before the upper one. */
  boolean hasFileOf(byte[] lowerInclusive, byte[] upperExclusive);

  /** The files as of now: level by level, each but level 0 in the order of its keys. */
  List<TableFile> files();

  /**
   * Merges files into new ones of the same level, and waits for it. A table that is dropped
   * meanwhile goes when that is over.
   *
   * @param files neighbours of one level, as {@link #files} listed them
   * @param maximumBytes the length at which a new file ends and another begins
   * @return the names of the new files; empty if RocksDB has changed the files already, the table
   *     is gone or compactions have been stopped
   */
  List<String> mergeFiles(List<TableFile> files, long maximumBytes);
}
