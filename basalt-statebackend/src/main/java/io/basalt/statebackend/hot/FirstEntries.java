package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first ones, by their keys' bytes, of any number of entries that are offered. */
final class FirstEntries {

  private final int most;
  private final List<HotEntry> entries = new ArrayList<>();

  /** What is behind this key is not among the first. */
  private byte @Nullable [] last;

  /**
   * None yet.
   *
   * @param most keys that are kept, at least one
   */
  FirstEntries(int most) {
    this.most = most;
  }

  void offer(HotEntry entry, byte[] key) {
    if (last != null && Arrays.compareUnsigned(key, last) > 0) {
      return;
    }
    entries.add(entry);
    if (entries.size() == 2 * most) {
      keepFirst();
    }
  }

  private void keepFirst() {
    OrderedEntries.order(entries);
    if (entries.size() > most) {
      entries.subList(most, entries.size()).clear();
      last = OrderedEntries.key(entries.get(most - 1));
    }
  }

  /** The last of each key, in order. */
  List<HotEntry> inOrder() {
    keepFirst();
    return entries;
  }

  /** The last key of these if others have been offered that are behind it, else null. */
  byte @Nullable [] last() {
    return last;
  }
}
