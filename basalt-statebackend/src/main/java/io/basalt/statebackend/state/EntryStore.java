package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one state, by the bytes of their keys: in its table, or in the tier over that.
 *
 * <p>Nobody changes an array that is passed in or returned. Task thread only.
 */
interface EntryStore {

  /** The state's name. */
  String name();

  /** The value under the key, or null if there is none. */
  byte @Nullable [] get(byte[] key);

  /** Whether there is a value under the key. */
  boolean contains(byte[] key);

  /** Sets the value under the key. */
  void put(byte[] key, byte[] value);

  /** Sets all values, each under the key at the same place in its list. */
  void putAll(List<byte[]> keys, List<byte[]> values);

  /** Removes the key; nothing happens if it is absent. */
  void delete(byte[] key);

  /**
   * Removes every key within the bounds: a few one by one, for a range deletion taxes the reads
   * that follow, and many by one range deletion, for so do many deletions.
   *
   * @param rangeDeleteEntries how many are many; 0 if none ever are
   */
  void deleteAll(Bounds bounds, int rangeDeleteEntries);

  /** A cursor that sees all entries as of now, at the first one; the caller closes it. */
  EntryCursor openAt(Bounds bounds);
}
