package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.LevelZeroOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * Which handles can become one database by their files.
 *
 * <p>Of every key group of the range the database must have the files that the handle of the key
 * group has for it, in the same order, and no others. A file that reaches into the part of another
 * handle is right there only if that handle has it, too: after a rescale several do, and none has
 * written over it until the next one.
 */
final class JoinableHandles {

  /**
   * RocksDB slows writes down from 20 files of level 0 on, and a read looks at each of its own key
   * range. What would exceed this is copied, into sorted levels.
   */
  static final int MOST_IN_LEVEL_ZERO = 12;

  private final KeyGroupRange range;

  /**
   * The files that each needs, by its index: a description is thousands of files long, and would be
   * hashed with all of them at every look.
   */
  private final Map<Integer, List<FileSpread.Entry>> needed = new HashMap<>();

  private final Map<Integer, Set<Object>> contents = new HashMap<>();

  private JoinableHandles(List<HandleDescription> handles, KeyGroupRange range) {
    this.range = range;
    for (HandleDescription handle : handles) {
      FileSpread spread = handle.spread();
      if (spread != null) {
        needed.put(handle.index(), spread.filesOf(handle.within(range)));
        contents.put(handle.index(), spread.contents());
      }
    }
  }

  /**
   * As many of them as can be joined.
   *
   * @param candidates the best first; it keeps the names of its files
   */
  static List<HandleDescription> of(List<HandleDescription> candidates, KeyGroupRange range) {
    JoinableHandles all = new JoinableHandles(candidates, range);
    List<HandleDescription> joined = new ArrayList<>(candidates);
    joined.removeIf(handle -> !all.needed.containsKey(handle.index()));
    HandleDescription hindrance = all.hindrance(joined);
    while (hindrance != null) {
      joined.remove(hindrance);
      hindrance = all.hindrance(joined);
    }
    return joined;
  }

  /** The last one that cannot be joined with the others; null if all can. */
  private @Nullable HandleDescription hindrance(List<HandleDescription> joined) {
    for (int i = joined.size() - 1; i >= 0; i--) {
      if (reachesOver(joined.get(i), joined) || changesOrder(i, joined)) {
        return joined.get(i);
      }
    }
    return joined.size() > 1 && mostInLevelZero(joined) > MOST_IN_LEVEL_ZERO
        ? joined.get(joined.size() - 1)
        : null;
  }

  /** Whether a file of the handle has key groups of another one that does not have it. */
  private boolean reachesOver(HandleDescription handle, List<HandleDescription> joined) {
    for (FileSpread.Entry file : needed(handle)) {
      KeyGroupRange reach = file.keyGroups().getIntersection(range);
      int ofHandlesThatHaveIt = 0;
      for (HandleDescription other : joined) {
        if (other.index() == handle.index() || contents(other).contains(file.content())) {
          ofHandlesThatHaveIt += other.within(reach).getNumberOfKeyGroups();
        }
      }
      if (ofHandlesThatHaveIt < reach.getNumberOfKeyGroups()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the handle and earlier ones have files of level 0 in orders that cannot be one. */
  private boolean changesOrder(int index, List<HandleDescription> joined) {
    Map<String, List<List<Object>>> orders = new HashMap<>();
    for (HandleDescription handle : joined.subList(0, index + 1)) {
      Map<String, List<Object>> ofHandle = new HashMap<>();
      needed(handle).stream()
          .filter(file -> file.level() == 0)
          .sorted(Comparator.comparingLong(FileSpread.Entry::epoch))
          .forEach(
              file ->
                  ofHandle
                      .computeIfAbsent(file.table(), table -> new ArrayList<>())
                      .add(file.content()));
      ofHandle.forEach(
          (table, order) -> orders.computeIfAbsent(table, unused -> new ArrayList<>()).add(order));
    }
    return orders.values().stream().anyMatch(order -> LevelZeroOrder.of(order).isEmpty());
  }

  /** How many files of one table a read may have to look at one by one. */
  private int mostInLevelZero(List<HandleDescription> joined) {
    Map<String, Set<Object>> files = new HashMap<>();
    for (HandleDescription handle : joined) {
      for (FileSpread.Entry file : needed(handle)) {
        if (file.level() == 0) {
          files.computeIfAbsent(file.table(), table -> new HashSet<>()).add(file.content());
        }
      }
    }
    return files.values().stream().mapToInt(Set::size).max().orElse(0);
  }

  private List<FileSpread.Entry> needed(HandleDescription handle) {
    return needed.getOrDefault(handle.index(), List.of());
  }

  private Set<Object> contents(HandleDescription handle) {
    return contents.getOrDefault(handle.index(), Set.of());
  }
}
