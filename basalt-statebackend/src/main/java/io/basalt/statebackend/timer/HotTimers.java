package io.basalt.statebackend.timer;

import io.basalt.statebackend.hot.HotKeys;
import io.basalt.statebackend.hot.StoredBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a key group in the tier and below it: those are there that the tier has, and those
 * that are below and the tier does not know to be gone. One that comes and goes between two
 * barriers never gets into the table.
 *
 * <p>Neither to change nor to read them waits for a checkpoint that is being written, as long as
 * there is room. Changes of timers that the tier does not take, for that would be of no use, are
 * made below, past the tier. Each timer's last change waits in one place, there or in the tier:
 * what is found below of a timer that the tier takes moves up. So no order between the two has to
 * be kept.
 *
 * <p>Task thread.
 */
final class HotTimers implements TimerStore {

  /**
   * Of the timer's places in {@link WaitingTimers}, in an array that is larger than it is full. Not
   * counted are the bytes of those that stay there for a while after the tier has let them go: in
   * an epoch that lasts, at most as many again.
   */
  private static final int WAITING_BYTES = 24;

  private final BufferedTimers below;
  private final HotKeys hot;
  private final int keyGroup;
  private final WaitingTimers waiting;

  /** Of the table, whatever the tier and the changes below it know. */
  private final HighestBelow highest;

  /** As of when the tier had written so much. */
  private long written;

  HotTimers(
      BufferedTimers below, HotKeys hot, int keyGroup, int prefixWidth, HighestBelow highest) {
    this.below = below;
    this.hot = hot;
    this.keyGroup = keyGroup;
    this.waiting = new WaitingTimers(hot, prefixWidth);
    this.highest = highest;
    this.written = hot.written();
  }

  @Override
  public void add(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    boolean takes = hot.takes(timer);
    noteWritten();
    if (!takes) {
      below.add(key);
      hot.passedBy();
      return;
    }
    byte change = below.changeOf(key);
    if (change != Change.NONE || !hot.contain(timer)) {
      boolean maybeBelow = change == Change.NONE ? highest.mayReach(key) : change != Change.NEW;
      // Before it is there: it may be in the order without being there, and not the reverse.
      waiting.add(key);
      addAbove(timer, maybeBelow);
    }
  }

  @Override
  public void addAbsent(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    boolean takes = hot.takes(timer);
    noteWritten();
    if (takes) {
      addAbove(timer, below.changeOf(key) != Change.NONE);
    } else {
      below.addAbsent(key);
      hot.passedBy();
    }
  }

  private void addAbove(StoredBytes timer, boolean maybeBelow) {
    hot.add(timer, keyGroup, bytes(timer), maybeBelow);
    highest.added(timer.bytes());
    below.forget(timer.bytes());
  }

  @Override
  public void remove(byte[] key) {
    StoredBytes timer = new StoredBytes(key);
    if (!hot.takes(timer)) {
      below.remove(key);
      hot.passedBy();
      return;
    }
    if (below.changeOf(key) != Change.NEW) {
      hot.remove(timer, keyGroup, bytes(timer));
    }
    below.forget(key);
  }

  @Override
  public void release(byte[] key) {
    waiting.add(key);
  }

  @Override
  public List<byte[]> read(byte[] fromInclusive, int most, long mostBytes) {
    // First: a walk that begins later shows all that is not waiting any more.
    waiting.dropWritten();
    noteWritten();
    List<byte[]> keys = new ArrayList<>();
    boolean areAll;
    try (TimerWalk walk = below.walk(fromInclusive)) {
      long bytes = 0;
      byte[] next = next(walk);
      byte[] key = first(next);
      for (; key != null && keys.size() < most && bytes <= mostBytes; key = first(next)) {
        keys.add(key);
        bytes += key.length;
        waiting.remove(key);
        if (Arrays.equals(next, key)) {
          walk.next();
          next = next(walk);
        }
      }
      areAll = key == null;
    } catch (RuntimeException | Error e) {
      keys.forEach(waiting::add);
      throw e;
    }
    if (areAll) {
      highest.lastIs(keys.isEmpty() ? fromInclusive : keys.get(keys.size() - 1));
    }
    return keys;
  }

  /** The key that the walk is at, or the next one that is there. */
  private byte @Nullable [] next(TimerWalk walk) {
    byte[] key = walk.key();
    while (key != null && hot.lack(key)) {
      walk.next();
      key = walk.key();
    }
    return key;
  }

  private byte @Nullable [] first(byte @Nullable [] next) {
    byte[] above = waiting.first();
    boolean isAbove = next == null || (above != null && Arrays.compareUnsigned(above, next) < 0);
    return isAbove ? above : next;
  }

  @Override
  public long count(byte[] fromInclusive) {
    return below.count(fromInclusive);
  }

  /** Of the timers that have been added some may be in the table by now. */
  private void noteWritten() {
    long now = hot.written();
    if (now != written) {
      written = now;
      highest.written();
    }
  }

  private static int bytes(StoredBytes timer) {
    return timer.heapBytes() + WAITING_BYTES;
  }
}
