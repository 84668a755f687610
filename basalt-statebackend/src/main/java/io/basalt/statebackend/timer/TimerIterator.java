package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * Every timer that was in the queue when the iterator was made, each once, whatever is added and
 * removed meanwhile: key group after key group, in each in order.
 *
 * <p>A cursor for each key group and not one for all, because stepping from one key group into the
 * next would step over the tombstones at the start of the next; the view keeps the moment they all
 * show. Owned by whoever asked for it until closed; task thread only.
 */
final class TimerIterator<T> implements CloseableIterator<T> {

  private final Table table;
  private final TimerCodec<T> codec;
  private final int keyGroupPrefixWidth;
  private final Deque<Bounds> ahead;
  private final ReadView view;
  private @Nullable Cursor cursor;

  /**
   * Takes over the view.
   *
   * @param ranges the keys to show, in order
   */
  TimerIterator(
      Table table,
      TimerCodec<T> codec,
      int keyGroupPrefixWidth,
      List<Bounds> ranges,
      ReadView view) {
    this.table = table;
    this.codec = codec;
    this.keyGroupPrefixWidth = keyGroupPrefixWidth;
    this.ahead = new ArrayDeque<>(ranges);
    this.view = view;
  }

  @Override
  public boolean hasNext() {
    return current() != null;
  }

  @Override
  public T next() {
    Cursor current = current();
    if (current == null) {
      throw new NoSuchElementException();
    }
    T element = codec.read(current.key(), keyGroupPrefixWidth);
    current.next();
    return element;
  }

  @Override
  public void close() {
    ahead.clear();
    closeCursor();
    view.close();
  }

  /** The cursor on the next entry, or null if there is none. */
  private @Nullable Cursor current() {
    while (cursor == null || !cursor.isValid()) {
      closeCursor();
      Bounds next = ahead.poll();
      if (next == null) {
        return null;
      }
      cursor = table.cursor(next.lowerInclusive(), next.upperExclusive(), view);
      cursor.seekToFirst();
    }
    return cursor;
  }

  private void closeCursor() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
