package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/** The changed entries of an epoch, in the order in which they were first changed in it. */
final class ChangeList {

  private @Nullable HotEntry first;
  private @Nullable HotEntry last;
  private int size;

  @Nullable HotEntry first() {
    return first;
  }

  int size() {
    return size;
  }

  void add(HotEntry entry) {
    size++;
    entry.changedBefore = last;
    entry.changedAfter = null;
    if (last == null) {
      first = entry;
    } else {
      last.changedAfter = entry;
    }
    last = entry;
  }

  /** Takes over all entries of another list. */
  void addAll(ChangeList other) {
    if (other.first == null) {
      return;
    }
    other.first.changedBefore = last;
    if (last == null) {
      first = other.first;
    } else {
      last.changedAfter = other.first;
    }
    last = other.last;
    size += other.size;
    other.first = null;
    other.last = null;
    other.size = 0;
  }

  void remove(HotEntry entry) {
    size--;
    if (entry.changedBefore == null) {
      first = entry.changedAfter;
    } else {
      entry.changedBefore.changedAfter = entry.changedAfter;
    }
    if (entry.changedAfter == null) {
      last = entry.changedBefore;
    } else {
      entry.changedAfter.changedBefore = entry.changedBefore;
    }
    entry.changedBefore = null;
    entry.changedAfter = null;
  }
}
