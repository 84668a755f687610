package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One order of the files of level 0 of several databases, some of which several of them have. What
 * is newer in one of them is newer in all.
 */
public final class LevelZeroOrder {

  private LevelZeroOrder() {}

  /**
   * Merges orders.
   *
   * @param orders the oldest first, each without duplicates
   * @return each once, every order as it was; nothing if two of the orders contradict each other
   */
  public static <F> Optional<List<F>> of(List<? extends List<F>> orders) {
    List<Deque<F>> rest = new ArrayList<>();
    Map<F, List<Deque<F>>> having = new HashMap<>();
    for (List<F> order : orders) {
      Deque<F> files = new ArrayDeque<>(order);
      rest.add(files);
      files.forEach(file -> having.computeIfAbsent(file, unused -> new ArrayList<>()).add(files));
    }
    List<F> merged = new ArrayList<>();
    int done = 0;
    while (done < rest.size()) {
      if (rest.get(done).isEmpty()) {
        done++;
        continue;
      }
      F next = next(rest.subList(done, rest.size()), having);
      if (next == null) {
        return Optional.empty();
      }
      merged.add(next);
      for (Deque<F> order : having.getOrDefault(next, List.of())) {
        if (next.equals(order.peek())) {
          order.remove();
        }
      }
    }
    return Optional.of(merged);
  }

  /** One that is behind no other in any of them; null if there is none. */
  private static <F> @Nullable F next(List<Deque<F>> rest, Map<F, List<Deque<F>>> having) {
    for (Deque<F> order : rest) {
      F first = order.peek();
      if (first != null && isFirst(first, having.getOrDefault(first, List.of()))) {
        return first;
      }
    }
    return null;
  }

  private static <F> boolean isFirst(F file, List<Deque<F>> having) {
    for (Deque<F> order : having) {
      if (!file.equals(order.peek())) {
        return false;
      }
    }
    return true;
  }
}
