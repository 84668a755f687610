package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * The changes between two barriers, closed: nobody changes their entries any more, until they have
 * been written down and whoever closed the epoch has what he wanted.
 *
 * <p>Closing takes the same short time for any number of changes. Then a snapshot thread calls
 * {@link #write}, fixes what is below (no later change can have got there yet), and {@link
 * #release}s the epoch. The task thread may help with the former and wait for the latter, when it
 * has no room left. Every method may be called by any thread.
 *
 * <p>An epoch that has been closed is written in any case, by the task thread if the snapshot is
 * cancelled before; so changes cannot be lost on the way, and nothing is written twice.
 */
public final class Epoch {

  private final long number;
  private final int entriesOfAGroup;
  private @Nullable HotEntry next;
  private volatile @Nullable Epoch previous;
  private volatile boolean written;
  private volatile boolean released;

  /** Of entries that have been changed since: they live until it is settled. Task thread. */
  long replacedBytes;

  /**
   * Closed with these changes.
   *
   * @param previous is written and released before
   */
  Epoch(long number, ChangeList changes, int entriesOfAGroup, @Nullable Epoch previous) {
    this.number = number;
    this.entriesOfAGroup = entriesOfAGroup;
    this.next = changes.first();
    this.previous = previous;
  }

  long number() {
    return number;
  }

  /**
   * Writes what has not been written yet, of earlier epochs first, for whose release it waits. Two
   * threads that call it do not write the same.
   *
   * @throws RuntimeException as the writer throws it; the entries of its last group are still to be
   *     written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void write(ChangeWriter writer) throws InterruptedException {
    Epoch before = previous;
    if (before != null) {
      before.write(writer);
      before.awaitRelease();
      previous = null;
    }
    while (!written) {
      // Another thread may write a group in between.
      writeGroup(writer);
    }
  }

  private synchronized void writeGroup(ChangeWriter writer) {
    HotEntry entry = next;
    if (entry == null) {
      written = true;
      return;
    }
    try {
      for (int i = 0; i < entriesOfAGroup && entry != null; i++) {
        entry.writeTo(writer.of(entry.table));
        entry = entry.changedAfter;
      }
      writer.commit();
    } catch (RuntimeException | Error e) {
      writer.discard();
      throw e;
    }
    next = entry;
    written = entry == null;
  }

  public boolean isWritten() {
    return written;
  }

  /** Whoever closed it wants nothing of it any more: later changes may go down. Idempotent. */
  public synchronized void release() {
    released = true;
    notifyAll();
  }

  public boolean isReleased() {
    return released;
  }

  synchronized void awaitRelease() throws InterruptedException {
    while (!released) {
      wait();
    }
  }
}
