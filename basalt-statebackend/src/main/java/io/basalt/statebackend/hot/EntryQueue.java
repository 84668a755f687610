package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/** Entries in the order in which they came. An entry is in one queue at most. */
final class EntryQueue {

  private @Nullable HotEntry oldest;
  private @Nullable HotEntry newest;
  private long bytes;
  private int size;

  @Nullable HotEntry oldest() {
    return oldest;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void addNewest(HotEntry entry) {
    entry.older = newest;
    entry.newer = null;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.newer = entry;
    }
    newest = entry;
    size++;
    bytes += entry.bytes;
  }

  void addOldest(HotEntry entry) {
    entry.newer = oldest;
    entry.older = null;
    if (oldest == null) {
      newest = entry;
    } else {
      oldest.older = entry;
    }
    oldest = entry;
    size++;
    bytes += entry.bytes;
  }

  void remove(HotEntry entry) {
    if (entry.older == null) {
      oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer == null) {
      newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
    entry.older = null;
    entry.newer = null;
    size--;
    bytes -= entry.bytes;
  }

  /** Puts an entry where another one was. */
  void replace(HotEntry replaced, HotEntry by) {
    by.older = replaced.older;
    by.newer = replaced.newer;
    if (by.older == null) {
      oldest = by;
    } else {
      by.older.newer = by;
    }
    if (by.newer == null) {
      newest = by;
    } else {
      by.newer.older = by;
    }
    replaced.older = null;
    replaced.newer = null;
    bytes += by.bytes - replaced.bytes;
  }

  /** An entry that is in the queue takes so many bytes more, or less. */
  void grow(int by) {
    bytes += by;
  }
}
