package io.basalt.statebackend.timer;

import java.util.Arrays;
import org.apache.flink.runtime.state.PriorityComparator;
import org.apache.flink.runtime.state.heap.AbstractHeapPriorityQueueElement;
import org.jspecify.annotations.Nullable;

/**
 * The first timer of a key group as an element, made from its bytes when it is first asked for.
 *
 * <p>The bytes order the timers of one key group; key groups are ordered by what their first
 * elements say of their priority, as in stock. For Flink's timers the two are the same order, but
 * the interface promises the latter.
 *
 * @param <T> the type of the elements
 */
final class KeyGroupHead<T> extends AbstractHeapPriorityQueueElement {

  private final KeyGroupTimers timers;
  private final TimerCodec<T> codec;
  private final int prefixWidth;
  private byte @Nullable [] key;
  private @Nullable T element;

  KeyGroupHead(KeyGroupTimers timers, TimerCodec<T> codec, int prefixWidth) {
    this.timers = timers;
    this.codec = codec;
    this.prefixWidth = prefixWidth;
  }

  KeyGroupTimers timers() {
    return timers;
  }

  /** The same object until another timer is the first; null if there is none. */
  @Nullable T element() {
    byte[] first = timers.head();
    if (first == null) {
      return null;
    }
    T shown = element;
    // Identity will do: a key leaves the cache for good, and comes back as another array.
    if (shown == null || key != first) {
      shown = codec.read(first, prefixWidth);
      element = shown;
      key = first;
    }
    return shown;
  }

  /**
   * A key group without timers comes last. Timers of the same priority come in the order of their
   * bytes, so that the order does not depend on how keys are spread over key groups.
   */
  static <T> int compare(
      KeyGroupHead<T> one, KeyGroupHead<T> other, PriorityComparator<T> priorities) {
    T left = one.element();
    T right = other.element();
    if (left == null || right == null) {
      return Boolean.compare(left == null, right == null);
    }
    int byPriority = priorities.comparePriority(left, right);
    return byPriority == 0 ? compareBytes(one, other) : byPriority;
  }

  private static int compareBytes(KeyGroupHead<?> one, KeyGroupHead<?> other) {
    byte[] left = one.timers.head();
    byte[] right = other.timers.head();
    if (left == null || right == null) {
      throw new IllegalStateException("A key group with a first timer has no bytes of it.");
    }
    int width = one.prefixWidth;
    return Arrays.compareUnsigned(left, width, left.length, right, width, right.length);
  }
}
