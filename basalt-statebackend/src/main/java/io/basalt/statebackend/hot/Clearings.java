package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Many keys of a table that were removed below at once, as those of a large map: to look each of
 * them up, only to forget it, would take longer than the removal. Instead an entry is asked when it
 * is next found whether it is of before such a removal. Task thread.
 */
final class Clearings {

  /** What {@link HotEntry#clearings} can count. */
  private static final int MOST = Byte.MAX_VALUE;

  private final List<Predicate<Object>> clearings = new ArrayList<>();

  /** How many there have been; an entry that comes now is of after all of them. */
  byte count() {
    return (byte) clearings.size();
  }

  /**
   * Whether there can be no other one: to look at all entries for all of these, so as to begin
   * anew, would be a stall.
   */
  boolean areMany() {
    return clearings.size() == MOST;
  }

  /** All keys that are so have been removed. */
  void add(Predicate<Object> cleared) {
    clearings.add(cleared);
  }

  /** Whether the entry's key has not been removed since it came; asked once for each. */
  boolean isThere(HotEntry entry) {
    while (entry.clearings < clearings.size()) {
      if (clearings.get(entry.clearings).test(entry.key)) {
        return false;
      }
      entry.clearings++;
    }
    return true;
  }

  /** There are no entries of before any of them. */
  void forget() {
    clearings.clear();
  }
}
