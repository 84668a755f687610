package io.basalt.statebackend.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one state in one key group, as they come, until they are known to be in order or have
 * been put in order: the heap backend writes them in no order. One thread.
 */
final class EntryGroup {

  /** Of the objects that an entry is. */
  private static final int OVERHEAD_BYTES = 24 + 2 * 16 + 8;

  private final long mostInOrder;
  private final long mostBytes;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private boolean inOrder = true;

  private static final class Entry {
    final byte[] key;
    final byte[] value;

    Entry(byte[] key, byte[] value) {
      this.key = key;
      this.value = value;
    }
  }

  /** Takes entries. */
  @FunctionalInterface
  interface Sink {
    void put(byte[] key, byte[] value) throws IOException;
  }

  /**
   * A group without entries.
   *
   * @param mostInOrder of the heap that it is to take while there is nothing to be put in order
   * @param mostBytes the same if there is
   */
  EntryGroup(long mostInOrder, long mostBytes) {
    this.mostInOrder = mostInOrder;
    this.mostBytes = mostBytes;
  }

  void add(byte[] key, byte[] value) {
    inOrder &= entries.isEmpty() || isGreater(key, lastKey());
    entries.add(new Entry(key, value));
    bytes += (long) key.length + value.length + OVERHEAD_BYTES;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean isFull() {
    return bytes >= (inOrder ? mostInOrder : mostBytes);
  }

  /** Whether the entries came in the order of their keys. */
  boolean isInOrder() {
    return inOrder;
  }

  /** The key that came last; there must be one. */
  byte[] lastKey() {
    return entries.get(entries.size() - 1).key;
  }

  /** Gives all entries in the order of their keys, of each key the last, and forgets them. */
  void drainTo(Sink sink) throws IOException {
    if (!inOrder) {
      KeyOrder.sort(entries, entry -> entry.key);
    }
    Entry last = null;
    for (Entry entry : entries) {
      put(last, entry, sink);
      last = entry;
    }
    if (last != null) {
      sink.put(last.key, last.value);
    }
    entries.clear();
    bytes = 0;
    inOrder = true;
  }

  private static void put(@Nullable Entry entry, Entry next, Sink sink) throws IOException {
    if (entry != null && !Arrays.equals(entry.key, next.key)) {
      sink.put(entry.key, entry.value);
    }
  }

  static boolean isGreater(byte[] key, byte[] than) {
    return Arrays.compareUnsigned(key, than) > 0;
  }
}
