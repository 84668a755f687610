package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/** The changed entries of an epoch, in the order in which they were first changed in it. */
final class ChangeList {

  private @Nullable HotEntry first;
  private @Nullable HotEntry last;

  @Nullable HotEntry first() {
    return first;
  }

  void add(HotEntry entry) {
    entry.changedBefore = last;
    entry.changedAfter = null;
    if (last == null) {
      first = entry;
    } else {
      last.changedAfter = entry;
    }
    last = entry;
  }

  void remove(HotEntry entry) {
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
