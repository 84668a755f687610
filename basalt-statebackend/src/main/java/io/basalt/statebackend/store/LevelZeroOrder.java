package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
    orders.forEach(order -> rest.add(new ArrayDeque<>(order)));
    List<F> merged = new ArrayList<>();
    for (F next = next(rest); next != null; next = next(rest)) {
      merged.add(next);
      for (Deque<F> order : rest) {
        if (next.equals(order.peek())) {
          order.remove();
        }
      }
    }
    return rest.stream().allMatch(Deque::isEmpty) ? Optional.of(merged) : Optional.empty();
  }

  /** One that is behind no other in any of them; null if there is none. */
  private static <F> @Nullable F next(List<Deque<F>> rest) {
    for (Deque<F> order : rest) {
      F first = order.peek();
      if (first != null
          && rest.stream()
              .allMatch(other -> first.equals(other.peek()) || !other.contains(first))) {
        return first;
      }
    }
    return null;
  }
}
