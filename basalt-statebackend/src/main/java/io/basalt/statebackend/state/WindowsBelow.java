package io.basalt.statebackend.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.jspecify.annotations.Nullable;

/**
 * Up to which window the table of a state may have any. Time goes on, so most of those that a job
 * comes to begin later than all that have been written: of them it is known without a look that the
 * table has none, whatever the key.
 *
 * <p>An entry that has been written is in the tier until the task thread has heard of that. So who
 * does not find it there sees its window here.
 */
final class WindowsBelow {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** A window is written as its beginning and its end, at the end of an entry's key. */
  private static final int WINDOW_BYTES = 2 * Long.BYTES;

  /** The latest beginning; null if that is not known. */
  private final @Nullable AtomicLong latest;

  private final boolean areWindows;

  /**
   * For a table.
   *
   * @param isEmpty whether it has nothing yet, and gets nothing but what this is told of
   */
  WindowsBelow(TypeSerializer<?> namespaceSerializer, boolean isEmpty) {
    this.areWindows = namespaceSerializer instanceof TimeWindow.Serializer;
    this.latest = isEmpty && areWindows ? new AtomicLong(Long.MIN_VALUE) : null;
  }

  /** Whether the namespace is a window: once it has been cleared it is not expected again. */
  boolean include(@Nullable Object namespace) {
    return areWindows && namespace != null && namespace.getClass() == TimeWindow.class;
  }

  /** The table is going to have an entry of this key, of a value. Any thread. */
  void add(byte[] entryKey) {
    if (latest != null) {
      long start = (long) LONGS.get(entryKey, entryKey.length - WINDOW_BYTES);
      if (start > latest.get()) {
        latest.accumulateAndGet(start, Math::max);
      }
    }
  }

  /** Whether the table may have anything under the namespace, with any key. */
  boolean mayHave(@Nullable Object namespace) {
    return latest == null
        || !(namespace instanceof TimeWindow window)
        || !include(window)
        || window.getStart() <= latest.get();
  }
}
