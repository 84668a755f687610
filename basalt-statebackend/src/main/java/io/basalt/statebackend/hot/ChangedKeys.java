package io.basalt.statebackend.hot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table that have been changed and may not be below, as of one moment, by key
 * group. Taken without a look at any entry; what has been taken stays as it was, whatever is
 * changed, written or evicted afterwards. Task thread.
 */
public final class ChangedKeys {

  /** Where nothing is changed. */
  public static final ChangedKeys NONE = new ChangedKeys(List.of());

  /** In the order of key groups, the first last; of a key that is in several the first holds. */
  private final List<ChangeList> lists;

  ChangedKeys(List<ChangeList> newestFirst) {
    this.lists =
        newestFirst.stream().filter(list -> !list.isEmpty()).map(ChangeList::inOrder).toList();
  }

  /** Takes keys, one after the other. */
  @FunctionalInterface
  public interface Receiver {

    /**
     * A key, which may come again.
     *
     * @param isPresent whether there is anything under it; what came first for a key holds
     */
    void receive(Object key, @Nullable Object namespace, int keyGroup, boolean isPresent);
  }

  /** Whether none are left. */
  public boolean areNone() {
    return lists.stream().allMatch(ChangeList::isEmpty);
  }

  /** Hands on all keys of the first key group that is left, and forgets them; none at the end. */
  public void takeGroup(Receiver receiver) {
    int first = Integer.MAX_VALUE;
    for (ChangeList list : lists) {
      if (!list.isEmpty()) {
        first = Math.min(first, list.keyGroup(list.size() - 1));
      }
    }
    for (ChangeList list : lists) {
      take(list, first, receiver);
    }
  }

  private static void take(ChangeList list, int keyGroup, Receiver receiver) {
    while (!list.isEmpty() && list.keyGroup(list.size() - 1) == keyGroup) {
      HotEntry entry = list.get(list.size() - 1);
      boolean isPresent = !list.isAbsent(list.size() - 1);
      receiver.receive(entry.key, entry.namespace, keyGroup, isPresent);
      list.removeLast(1);
    }
  }
}
