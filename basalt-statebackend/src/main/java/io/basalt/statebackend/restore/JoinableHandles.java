package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.LevelZeroOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Which handles can become one database by their files.
 *
 * <p>Of every key group of the range the database must have the files that the handle of the key
 * group has for it, in the same order, and no others. A file that reaches into the part of another
 * handle is right there only if that handle has it, too: after a rescale several do, and none has
 * written over it until the next one.
 *
 * <p>A handle that is left out takes others with it, and there may be hundreds with thousands of
 * files each: so what they are is compared once, and each counts what it misses of those that go.
 */
final class JoinableHandles {

  /**
   * RocksDB slows writes down from 20 files of level 0 on, and a read looks at each of its own key
   * range. What would exceed this is copied, into sorted levels.
   */
  static final int MOST_IN_LEVEL_ZERO = 12;

  private final KeyGroupRange range;

  /** The best first. */
  private final List<Candidate> candidates = new ArrayList<>();

  /** Each file by a number, which is the same for those that are the same. */
  private final Map<Object, Integer> numbers = new HashMap<>();

  /** By number of the file, what those need that are left. */
  private final Map<Integer, List<NeededFile>> needed = new HashMap<>();

  /** By table and number of the file, how many need it that are left. */
  private final Map<String, Map<Integer, Integer>> levelZero = new HashMap<>();

  /** Left out, but counted by others. */
  private final Deque<Candidate> leaving = new ArrayDeque<>();

  /** A handle that can be joined, as far as is known. */
  private static final class Candidate {
    final HandleDescription handle;
    final KeyGroupRange part;

    /** The numbers of all its files. */
    final Set<Integer> files = new HashSet<>();

    final List<NeededFile> needed = new ArrayList<>();

    /** Of those it needs, by table, the oldest first. */
    final Map<String, List<Integer>> levelZero = new HashMap<>();

    boolean isJoined = true;

    Candidate(HandleDescription handle, KeyGroupRange part) {
      this.handle = handle;
      this.part = part;
    }
  }

  /** A file that a candidate has anything in of its part. */
  private static final class NeededFile {
    final Candidate by;
    final int number;
    final KeyGroupRange reach;

    /** How many key groups of its reach are of candidates that have it. */
    int ofHandlesThatHaveIt;

    NeededFile(Candidate by, int number, KeyGroupRange reach) {
      this.by = by;
      this.number = number;
      this.reach = reach;
    }

    int keyGroupsOf(Candidate other) {
      int first = Math.max(reach.getStartKeyGroup(), other.part.getStartKeyGroup());
      int last = Math.min(reach.getEndKeyGroup(), other.part.getEndKeyGroup());
      return Math.max(0, last - first + 1);
    }

    /** Whether it has key groups of a handle that does not have it. */
    boolean reachesOver() {
      return ofHandlesThatHaveIt < reach.getNumberOfKeyGroups();
    }
  }

  private JoinableHandles(KeyGroupRange range) {
    this.range = range;
  }

  /**
   * As many of them as can be joined.
   *
   * @param candidates the best first; it keeps the names of its files
   */
  static List<HandleDescription> of(List<HandleDescription> candidates, KeyGroupRange range) {
    JoinableHandles all = new JoinableHandles(range);
    for (HandleDescription handle : candidates) {
      FileSpread spread = handle.spread();
      if (spread != null) {
        all.candidates.add(all.candidate(handle, spread));
      }
    }
    all.leaveOutThoseOfAnotherOrder();
    all.leaveOutThoseThatReachOver();
    all.leaveOutTheLastUntilLevelZeroIsSmall();
    return all.candidates.stream()
        .filter(candidate -> candidate.isJoined)
        .map(candidate -> candidate.handle)
        .toList();
  }

  private Candidate candidate(HandleDescription handle, FileSpread spread) {
    Candidate candidate = new Candidate(handle, handle.within(range));
    spread.files().forEach(file -> candidate.files.add(number(file)));
    for (FileSpread.Entry file : spread.filesOf(candidate.part)) {
      KeyGroupRange reach = file.keyGroups().getIntersection(range);
      candidate.needed.add(new NeededFile(candidate, number(file), reach));
    }
    spread.filesOf(candidate.part).stream()
        .filter(file -> file.level() == 0)
        .sorted(Comparator.comparingLong(FileSpread.Entry::epoch))
        .forEach(
            file ->
                candidate
                    .levelZero
                    .computeIfAbsent(file.table(), table -> new ArrayList<>())
                    .add(number(file)));
    return candidate;
  }

  private int number(FileSpread.Entry file) {
    return numbers.computeIfAbsent(file.content(), unused -> numbers.size());
  }

  /**
   * Leaves out the last ones until the others have files of level 0 in orders that can be one. What
   * contradicts nobody among more handles does not among fewer.
   */
  private void leaveOutThoseOfAnotherOrder() {
    int most = candidates.size();
    if (!haveOneOrder(most)) {
      int least = 0;
      while (most - least > 1) {
        int middle = (least + most) / 2;
        if (haveOneOrder(middle)) {
          least = middle;
        } else {
          most = middle;
        }
      }
      most = least;
    }
    candidates.subList(most, candidates.size()).clear();
  }

  private boolean haveOneOrder(int first) {
    Map<String, List<List<Integer>>> orders = new HashMap<>();
    for (Candidate candidate : candidates.subList(0, first)) {
      candidate.levelZero.forEach(
          (table, order) -> orders.computeIfAbsent(table, unused -> new ArrayList<>()).add(order));
    }
    return orders.values().stream().noneMatch(order -> LevelZeroOrder.of(order).isEmpty());
  }

  /** Leaves out those of which a file has key groups of another that does not have it. */
  private void leaveOutThoseThatReachOver() {
    for (Candidate candidate : candidates) {
      for (NeededFile file : candidate.needed) {
        needed.computeIfAbsent(file.number, number -> new ArrayList<>()).add(file);
      }
      candidate.levelZero.forEach((table, files) -> count(table, files, 1));
    }
    for (Candidate candidate : candidates) {
      for (int number : candidate.files) {
        for (NeededFile file : needed.getOrDefault(number, List.of())) {
          file.ofHandlesThatHaveIt += file.keyGroupsOf(candidate);
        }
      }
    }
    for (Candidate candidate : candidates) {
      if (candidate.needed.stream().anyMatch(NeededFile::reachesOver)) {
        leaveOut(candidate);
      }
    }
    leaveOutThoseThatFollow();
  }

  private void leaveOut(Candidate candidate) {
    candidate.isJoined = false;
    leaving.add(candidate);
  }

  /** In whatever order: who reaches over does so the more, the fewer are left. */
  private void leaveOutThoseThatFollow() {
    for (Candidate next = leaving.poll(); next != null; next = leaving.poll()) {
      for (int number : next.files) {
        for (NeededFile file : needed.getOrDefault(number, List.of())) {
          if (file.by.isJoined) {
            file.ofHandlesThatHaveIt -= file.keyGroupsOf(next);
            if (file.reachesOver()) {
              leaveOut(file.by);
            }
          }
        }
      }
      next.levelZero.forEach((table, files) -> count(table, files, -1));
    }
  }

  private void count(String table, List<Integer> files, int change) {
    Map<Integer, Integer> ofTable = levelZero.computeIfAbsent(table, unused -> new HashMap<>());
    for (int file : new HashSet<>(files)) {
      if (ofTable.merge(file, change, Integer::sum) == 0) {
        ofTable.remove(file);
      }
    }
  }

  private void leaveOutTheLastUntilLevelZeroIsSmall() {
    for (int i = candidates.size() - 1; i > 0 && isLevelZeroLarge(); i--) {
      Candidate last = candidates.get(i);
      if (last.isJoined && candidates.subList(0, i).stream().anyMatch(other -> other.isJoined)) {
        leaveOut(last);
        leaveOutThoseThatFollow();
      }
    }
  }

  /** How many files of one table a read may have to look at one by one. */
  private boolean isLevelZeroLarge() {
    return levelZero.values().stream().anyMatch(files -> files.size() > MOST_IN_LEVEL_ZERO);
  }
}
