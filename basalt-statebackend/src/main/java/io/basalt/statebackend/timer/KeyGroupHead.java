package io.basalt.statebackend.timer;

import org.apache.flink.runtime.state.heap.AbstractHeapPriorityQueueElement;
import org.jspecify.annotations.Nullable;

/**
 * One key group's timers as an element of the heap over all of them, with the earliest timer made
 * from its bytes at most once.
 *
 * <p>Task thread only.
 *
 * @param <T> the type of the elements
 */
final class KeyGroupHead<T> extends AbstractHeapPriorityQueueElement {

  private final KeyGroupTimers timers;
  private final TimerCodec<T> codec;
  private final int keyGroupPrefixWidth;
  private byte @Nullable [] key;
  private @Nullable T element;

  KeyGroupHead(KeyGroupTimers timers, TimerCodec<T> codec, int keyGroupPrefixWidth) {
    this.timers = timers;
    this.codec = codec;
    this.keyGroupPrefixWidth = keyGroupPrefixWidth;
  }

  KeyGroupTimers timers() {
    return timers;
  }

  /** The earliest timer, or null if there is none. */
  @Nullable T element() {
    byte[] current = timers.head();
    if (current != key) {
      element = current == null ? null : codec.read(current, keyGroupPrefixWidth);
      key = current;
    }
    return element;
  }
}
