package io.basalt.statebackend.hot;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table that have been changed and may not be below, as of one moment, by key
 * group. Taken without a look at any entry; what has been taken stays as it was, whatever is
 * changed, written or evicted afterwards. Task thread.
 */
public final class ChangedKeys {

  /** Where nothing is changed. */
  public static final ChangedKeys NONE = new ChangedKeys(List.of(), Map.of());

  /** In the order of key groups, the first last; of a key that is in several the first holds. */
  private final List<ChangeList> lists;

  /** Maps that had no entry then, as far as was known, and what was known of them. */
  private final Map<HotEntry, Object> emptied;

  /** How many of each list are left. */
  private final int[] left;

  /**
   * Of lists in the order of key groups.
   *
   * @param newestFirst nobody changes them
   * @param emptied nobody changes them
   */
  ChangedKeys(List<ChangeList> newestFirst, Map<HotEntry, Object> emptied) {
    this.emptied = emptied;
    this.lists = newestFirst.stream().filter(list -> !list.isEmpty()).toList();
    this.left = lists.stream().mapToInt(ChangeList::size).toArray();
  }

  /** Takes keys, one after the other. */
  @FunctionalInterface
  public interface Receiver {

    /**
     * A key, which may come again.
     *
     * @param isPresent whether there is anything under it; what came first for a key holds
     * @param emptied of a map without an entry, as far as is known, what is known; else null
     */
    void receive(
        Object key,
        @Nullable Object namespace,
        int keyGroup,
        boolean isPresent,
        @Nullable Object emptied);
  }

  /** Whether none are left. */
  public boolean areNone() {
    return Arrays.stream(left).allMatch(count -> count == 0);
  }

  /** Hands on all keys of the first key group that is left; none at the end. */
  public void takeGroup(Receiver receiver) {
    int first = Integer.MAX_VALUE;
    for (int list = 0; list < left.length; list++) {
      if (left[list] > 0) {
        first = Math.min(first, lists.get(list).keyGroup(left[list] - 1));
      }
    }
    for (int list = 0; list < left.length; list++) {
      left[list] = take(lists.get(list), left[list], first, receiver);
    }
  }

  private int take(ChangeList list, int end, int keyGroup, Receiver receiver) {
    int left = end;
    for (; left > 0 && list.keyGroup(left - 1) == keyGroup; left--) {
      HotEntry entry = list.get(left - 1);
      Object known = emptied.get(entry);
      boolean isPresent = known == null && !list.isAbsent(left - 1);
      receiver.receive(entry.key, entry.namespace, keyGroup, isPresent, known);
    }
    return left;
  }
}
