package io.basalt.statebackend.state;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The distinct keys of several states in one namespace, merged in the order of their bytes.
 *
 * <p>Owns the cursors. All of them were opened before the first key is read.
 *
 * @param <K> the type of the key
 */
final class MergedKeys<K> implements Iterator<K>, AutoCloseable {

  private final List<? extends KeyCursor<K, ?>> cursors;

  /** The cursors that stand on a pair, the smallest first; null before the first key. */
  private @Nullable PriorityQueue<KeyCursor<K, ?>> standing;

  MergedKeys(List<? extends KeyCursor<K, ?>> cursors) {
    this.cursors = cursors;
  }

  @Override
  public boolean hasNext() {
    return !standing().isEmpty();
  }

  @Override
  public K next() {
    PriorityQueue<KeyCursor<K, ?>> queue = standing();
    KeyCursor<K, ?> first = queue.poll();
    if (first == null) {
      throw new NoSuchElementException();
    }
    K key = first.key();
    byte[] pair = first.pair();
    advance(queue, first);
    for (KeyCursor<K, ?> other = queue.peek();
        other != null && Arrays.equals(other.pair(), pair);
        other = queue.peek()) {
      advance(queue, queue.remove());
    }
    return key;
  }

  @Override
  public void close() {
    IOUtils.closeAllQuietly(cursors);
  }

  private PriorityQueue<KeyCursor<K, ?>> standing() {
    if (standing == null) {
      standing =
          new PriorityQueue<>((left, right) -> Arrays.compareUnsigned(left.pair(), right.pair()));
      for (KeyCursor<K, ?> cursor : cursors) {
        advance(standing, cursor);
      }
    }
    return standing;
  }

  private static <K> void advance(PriorityQueue<KeyCursor<K, ?>> queue, KeyCursor<K, ?> cursor) {
    if (cursor.advance()) {
      queue.add(cursor);
    }
  }
}
