package io.basalt.statebackend.hot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The hot tables of one backend: what they share is the memory, and the epochs in which their
 * changes go down. Task thread.
 *
 * <p>The invariants:
 *
 * <ul>
 *   <li>What is below is, but for the entries that were changed since, what a lookup would say.
 *   <li>An entry of an epoch that is closed and not settled is not changed and not evicted.
 *   <li>While there is such an epoch nothing of a later one goes down.
 * </ul>
 */
public final class HotTier implements AutoCloseable {

  /** The share is taken in steps, for others look at what is left of it, too. */
  private static final long STEP_BYTES = 64 << 10;

  /** Changed entries that go down together when there is no room. */
  private static final int GROUP = 64;

  /** A group of an epoch is written as a whole, and has to fit into memory twice. */
  private static final int ENTRIES_OF_A_GROUP = 1_024;

  private final Budget.Share share;
  private final ChangeWriter writer;
  private final int entriesOfAGroup;
  private final EvictionOrder order = new EvictionOrder();
  private final Deque<Epoch> closed = new ArrayDeque<>();
  private final List<HotEntry> going = new ArrayList<>(GROUP);
  private ChangeList changes = new ChangeList();
  private long openEpoch = 1;
  private long settledEpoch;
  private long usedBytes;
  private long version;

  /**
   * A tier without tables.
   *
   * @param share closed with the tier
   * @param writer for the task thread
   */
  public HotTier(Budget.Share share, ChangeWriter writer) {
    this(share, writer, ENTRIES_OF_A_GROUP);
  }

  HotTier(Budget.Share share, ChangeWriter writer, int entriesOfAGroup) {
    this.share = share;
    this.writer = writer;
    this.entriesOfAGroup = entriesOfAGroup;
  }

  /** A table without entries. */
  public HotTable table(String name) {
    return new HotTable(this, name);
  }

  /** How much all entries take. */
  public long usedBytes() {
    return usedBytes;
  }

  /**
   * Closes the current epoch: the barrier. Changes from now on belong to the next one, and do not
   * go down before this one has been released.
   */
  public Epoch closeEpoch() {
    settle();
    Epoch epoch = new Epoch(openEpoch, changes, entriesOfAGroup, closed.peekLast());
    closed.add(epoch);
    openEpoch++;
    changes = new ChangeList();
    return epoch;
  }

  /**
   * Writes all changes down, and waits for whoever has closed an epoch.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void writeAll() throws InterruptedException {
    Epoch epoch = closeEpoch();
    epoch.release();
    finishClosed();
  }

  private void finishClosed() throws InterruptedException {
    Epoch newest = closed.peekLast();
    if (newest != null) {
      newest.write(writer);
      newest.awaitRelease();
      settle();
    }
  }

  /** Notes which epochs are through. */
  private void settle() {
    for (Epoch epoch = closed.peek();
        epoch != null && epoch.isWritten() && epoch.isReleased();
        epoch = closed.peek()) {
      settledEpoch = epoch.number();
      usedBytes -= epoch.replacedBytes;
      version++;
      closed.remove();
    }
  }

  EvictionOrder order() {
    return order;
  }

  long version() {
    return version;
  }

  /** Whether the entry is what is below. */
  boolean isSettled(HotEntry entry) {
    return entry.epoch <= settledEpoch;
  }

  /** Whether it was changed since the last barrier. */
  boolean isOpen(HotEntry entry) {
    return entry.epoch == openEpoch;
  }

  void added(HotEntry entry) {
    order.add(entry);
    usedBytes += entry.bytes;
  }

  void changed(HotEntry entry) {
    entry.epoch = openEpoch;
    changes.add(entry);
  }

  void unchanged(HotEntry entry) {
    changes.remove(entry);
    entry.epoch = 0;
  }

  /** An entry that may be being written has been changed: it stays until its epoch is settled. */
  void replaced(HotEntry entry, HotEntry by) {
    order.replace(entry, by);
    usedBytes += by.bytes;
    for (Epoch epoch : closed) {
      if (epoch.number() == entry.epoch) {
        epoch.replacedBytes += entry.bytes;
      }
    }
  }

  void resize(HotEntry entry, int bytes) {
    usedBytes += bytes - entry.bytes;
    order.resize(entry, bytes);
  }

  /** Evicts until what there is fits what the tier may take. */
  void makeRoom() {
    while (usedBytes > share.held()) {
      if (!share.take(STEP_BYTES)) {
        evictDownTo(share.held());
        return;
      }
    }
    long excess = share.excess();
    if (excess > 0) {
      evictDownTo(share.held() - excess);
      giveBack();
    }
  }

  private void giveBack() {
    long spare = (share.held() - usedBytes) / STEP_BYTES * STEP_BYTES;
    if (spare > 0) {
      share.give(spare);
    }
  }

  private void evictDownTo(long bytes) {
    while (usedBytes > bytes) {
      settle();
      HotEntry entry = order.take(closed.isEmpty() ? openEpoch : settledEpoch);
      if (entry != null && isSettled(entry)) {
        drop(entry);
      } else if (entry != null) {
        writeAndDrop(entry);
      } else if (closed.isEmpty()) {
        return;
      } else {
        finishOrFail();
      }
    }
  }

  private void finishOrFail() {
    try {
      finishClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Interrupted while a checkpoint was to be finished to make room.", e);
    }
  }

  /** Writes a changed entry and others that are to go soon, and drops all of them. */
  private void writeAndDrop(HotEntry first) {
    going.clear();
    try {
      for (HotEntry entry = first; entry != null; ) {
        going.add(entry);
        if (!isSettled(entry)) {
          entry.writeTo(writer.of(entry.table));
        }
        entry = going.size() < GROUP ? order.take(openEpoch) : null;
      }
      writer.commit();
    } catch (RuntimeException | Error e) {
      writer.discard();
      going.forEach(order::putBack);
      throw e;
    }
    version++;
    for (HotEntry entry : going) {
      if (!isSettled(entry)) {
        unchanged(entry);
      }
      drop(entry);
    }
  }

  private void drop(HotEntry entry) {
    usedBytes -= entry.bytes;
    entry.table.evict(entry);
  }

  /** Forgets all entries, changed ones included. */
  @Override
  public void close() {
    share.close();
  }
}
