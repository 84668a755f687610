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
 * <p>What the table of a restored state has from before is seen by one walk over its keys, which
 * goes on a little after looks that were in vain. Until it is through every window is looked for.
 * What is written meanwhile, before or behind where the walk is, is told as ever.
 *
 * <p>An entry that has been written is in the tier until the task thread has heard of that. So who
 * does not find it there sees its window here.
 */
final class WindowsBelow {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** A window is written as its beginning and its end, at the end of an entry's key. */
  private static final int WINDOW_BYTES = 2 * Long.BYTES;

  /** To open a cursor takes as long as a look. */
  private static final int LOOKS_OF_A_STEP = 16;

  /** They take about as long as the looks. */
  private static final int KEYS_OF_A_STEP = 64;

  private final boolean areWindows;

  /** The latest beginning of those that were told, or seen. */
  private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

  /** The walk over what nobody has told; null once it is over. Task thread, as the next one. */
  private @Nullable KeyWalk unseen;

  private int looks;

  /**
   * For a table that from now on gets nothing but what this is told of.
   *
   * @param unseen over all that it may have by then; null if it has nothing
   */
  WindowsBelow(TypeSerializer<?> namespaceSerializer, @Nullable KeyWalk unseen) {
    // What extends it may well write other bytes.
    this.areWindows = namespaceSerializer.getClass() == TimeWindow.Serializer.class;
    this.unseen = unseen;
  }

  /** Whether the namespaces are windows. */
  boolean areWindows() {
    return areWindows;
  }

  /** Whether the namespace is a window: once it has been cleared it is not expected again. */
  boolean include(@Nullable Object namespace) {
    return areWindows && namespace != null && namespace.getClass() == TimeWindow.class;
  }

  /** The table is going to have an entry of this key, of a value. Any thread. */
  void add(byte[] entryKey) {
    if (areWindows) {
      long start = (long) LONGS.get(entryKey, entryKey.length - WINDOW_BYTES);
      if (start > latest.get()) {
        latest.accumulateAndGet(start, Math::max);
      }
    }
  }

  /** Whether the table may have anything under the namespace, with any key. */
  boolean mayHave(@Nullable Object namespace) {
    return unseen != null
        || !(namespace instanceof TimeWindow window)
        || !include(window)
        || window.getStart() <= latest.get();
  }

  /**
   * The table was asked, and has nothing. What waited in its buffer when this was made is in it
   * since: every read hands that over.
   */
  void haveNot() {
    KeyWalk walk = unseen;
    if (walk == null || !areWindows) {
      return;
    }
    looks++;
    if (looks % LOOKS_OF_A_STEP == 0 && walk.goOn(KEYS_OF_A_STEP, this::add)) {
      unseen = null;
    }
  }
}
