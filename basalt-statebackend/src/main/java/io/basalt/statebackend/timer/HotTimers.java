package io.basalt.statebackend.timer;

import io.basalt.statebackend.hot.HotKeys;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a key group in the tier and in the table below: those are there that the tier has,
 * and those that the table has and the tier does not know to be gone. One that comes and goes
 * between two barriers never gets into the table.
 *
 * <p>Neither to change nor to read them waits for a checkpoint that is being written, as long as
 * there is room in the tier. Where that is of no use changes go into the table's buffer, past the
 * tier, and to read on does wait; the tier has none of those timers then. What is in the buffer is
 * handed over before the tier writes anything newer.
 *
 * <p>Task thread.
 */
final class HotTimers implements TimerStore {

  /**
   * Of the timer's places in {@link WaitingTimers}, in an array that is larger than it is full. Not
   * counted are the bytes of those that stay there for a while after the tier has let them go: in
   * an epoch that lasts, at most as many again.
   */
  private static final int WAITING_BYTES = 16;

  private final Table table;
  private final HotKeys hot;
  private final int keyGroup;
  private final Bounds bounds;
  private final WaitingTimers waiting;

  /**
   * What is behind it is not below, unless the tier knows of it; as of when the tier had written so
   * much.
   */
  private byte[] highestBelow;

  private long written;

  /** No key behind it has been added, nor is any of those {@link #highestBelow} is for. */
  private byte[] highestAdded;

  HotTimers(Table table, HotKeys hot, int keyGroup, Bounds bounds, boolean isEmpty) {
    this.table = table;
    this.hot = hot;
    this.keyGroup = keyGroup;
    this.bounds = bounds;
    this.waiting = new WaitingTimers(hot);
    this.highestBelow = isEmpty ? bounds.lowerInclusive() : bounds.upperExclusive();
    this.highestAdded = highestBelow;
    this.written = hot.written();
  }

  @Override
  public void add(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    if (!hot.takes(timer)) {
      addBelow(key);
    } else if (!hot.contain(timer)) {
      boolean maybeBelow = maybeBelow(key);
      // Before it is there: it may be in the order without being there, and not the reverse.
      waiting.add(key);
      hot.add(timer, keyGroup, bytes(timer), maybeBelow);
    }
  }

  private void addBelow(byte[] key) {
    noteAdded(key);
    table.putBuffered(key, TableTimers.NO_VALUE);
    hot.passedBy();
  }

  @Override
  public void addAbsent(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    if (hot.takes(timer)) {
      noteAdded(key);
      hot.add(timer, keyGroup, bytes(timer), false);
    } else {
      addBelow(key);
    }
  }

  @Override
  public void remove(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    if (hot.takes(timer)) {
      hot.remove(timer, keyGroup, bytes(timer));
    } else {
      table.deleteBuffered(key);
      hot.passedBy();
    }
  }

  @Override
  public void release(byte[] key) {
    waiting.add(key);
  }

  @Override
  public List<byte[]> read(byte[] fromInclusive, int most) {
    // First: a cursor that is opened later shows all that is not waiting any more.
    waiting.dropWritten();
    // What has passed by the tier.
    table.handOverBuffered();
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = table.cursor(fromInclusive, bounds.upperExclusive(), null)) {
      cursor.seekToFirst();
      byte[] below = below(cursor);
      for (byte[] key = first(below); key != null && keys.size() < most; key = first(below)) {
        keys.add(key);
        waiting.remove(key);
        if (Arrays.equals(below, key)) {
          cursor.next();
          below = below(cursor);
        }
      }
    } catch (RuntimeException | Error e) {
      keys.forEach(waiting::add);
      throw e;
    }
    if (keys.size() < most) {
      highestBelow = keys.isEmpty() ? fromInclusive : keys.get(keys.size() - 1);
      highestAdded = highestBelow;
      written = hot.written();
    }
    return keys;
  }

  /** The key that the cursor is at, or the next one that is there. */
  private byte @Nullable [] below(Cursor cursor) {
    for (; cursor.isValid(); cursor.next()) {
      byte[] key = cursor.key();
      if (!hot.lack(key)) {
        return key;
      }
    }
    return null;
  }

  private byte @Nullable [] first(byte @Nullable [] below) {
    byte[] above = waiting.first();
    boolean isAbove = below == null || (above != null && Arrays.compareUnsigned(above, below) < 0);
    return isAbove ? above : below;
  }

  @Override
  public long count(byte[] fromInclusive) {
    return new TableTimers(table, bounds).count(fromInclusive);
  }

  /** Whether a key may be below that the tier does not know, before it is added. */
  private boolean maybeBelow(byte[] key) {
    long writtenBefore = written;
    written = hot.written();
    if (written != writtenBefore) {
      highestBelow = highestAdded;
    }
    noteAdded(key);
    return Arrays.compareUnsigned(key, highestBelow) <= 0;
  }

  private void noteAdded(byte[] key) {
    if (Arrays.compareUnsigned(key, highestAdded) > 0) {
      highestAdded = key;
    }
  }

  private static int bytes(StoredBytes timer) {
    return timer.heapBytes() + WAITING_BYTES;
  }
}
