package io.basalt.statebackend.hot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The changes between two barriers, closed: nobody changes their entries any more, until they have
 * been written down and whoever closed the epoch has fixed what he then finds below.
 *
 * <p>Closing takes the same short time for any number of changes. {@link #finish} does the rest, on
 * whatever thread needs it first: that of the snapshot, or the task thread if it has no room left
 * or has to write something that must not be in the snapshot. Others that need it wait. Every
 * method may be called by any thread.
 *
 * <p>An epoch that has been closed is written in any case, also if the snapshot has been given up;
 * so changes cannot be lost on the way, and nothing is written twice.
 */
public final class Epoch {

  /** Changes that are written together: the writer puts them in order. */
  static final int LARGE_GROUP = 1 << 15;

  /** The same while somebody waits, who has other things to do. */
  private static final int SMALL_GROUP = 1 << 12;

  private final HotTier tier;
  private final int number;
  private final int entries;

  /** Of tables, whose are still to be written. Under the lock, as is what follows. */
  private final Deque<ChangeList> changes;

  /** Of the first of these, what is still to be written. */
  private @Nullable ChangeList ordered;

  private final Runnable fixing;

  /** Held for one step. Fair, or whoever takes one after the other would let nobody between. */
  private final ReentrantLock lock = new ReentrantLock(true);

  private @Nullable Epoch previous;
  private long began;
  private volatile int left;
  private volatile boolean written;
  private volatile boolean over;

  /** Of entries that have been changed since: they live until it is settled. Task thread. */
  long replacedBytes;

  /**
   * Closed with these changes.
   *
   * @param fixing makes sure of what is below, once the changes are; must not throw
   * @param previous is finished before
   */
  Epoch(
      HotTier tier,
      int number,
      List<ChangeList> changes,
      Runnable fixing,
      @Nullable Epoch previous) {
    this.tier = tier;
    this.number = number;
    this.entries = changes.stream().mapToInt(ChangeList::size).sum();
    this.left = entries;
    this.fixing = fixing;
    this.changes = new ArrayDeque<>(changes);
    this.previous = previous;
  }

  int number() {
    return number;
  }

  /**
   * Finishes earlier epochs, writes what has not been written yet and fixes what is below, unless
   * that has been given up. Later changes may go down then.
   *
   * @throws RuntimeException as the writer throws it; the entries of its last group are still to be
   *     written, and whoever needs it next tries again
   * @throws CancellationException if the tier is closed meanwhile
   * @throws InterruptedException if the thread is interrupted while it waits for another one
   */
  public void finish() throws InterruptedException {
    // Whoever has begun goes on: what an aborted checkpoint left half written would stay in the way
    // of all that comes later, until the task had to write it.
    for (boolean hasBegun = false; !isDone(); hasBegun = true) {
      if (hasBegun) {
        lock.lock();
      } else {
        lock.lockInterruptibly();
      }
      try {
        goOn(lock.hasQueuedThreads() ? SMALL_GROUP : LARGE_GROUP);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Has no more than a part of its changes left: waits while somebody writes a group, and writes
   * small ones if that is not enough.
   *
   * @throws RuntimeException as {@link #finish}
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  void writeUpTo(double part) throws InterruptedException {
    while (!written && left > part * entries) {
      lock.lockInterruptibly();
      try {
        if (!written && left > part * entries) {
          goOn(SMALL_GROUP);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** The next step. */
  private void goOn(int group) throws InterruptedException {
    Epoch before = previous;
    if (before != null) {
      before.finish();
      previous = null;
    }
    if (!written) {
      write(group);
    } else if (!over) {
      fixing.run();
      over = true;
    }
  }

  private void write(int group) {
    if (left == entries) {
      began = System.nanoTime();
      tier.writer.beginEpoch();
    }
    ChangeList list = toWrite();
    if (list != null) {
      if (tier.isClosed()) {
        throw new CancellationException("The state backend was closed.");
      }
      int inOthers = left - list.size();
      tier.writeGroup(list, number, group);
      left = inOthers + list.size();
      if (list.isEmpty()) {
        ordered = null;
        changes.remove();
      }
    }
    if (changes.isEmpty()) {
      written = true;
      tier.written(new WrittenEpoch(entries, System.nanoTime() - began));
    }
  }

  /** What is left of the first list; the list itself is for whoever looks at what is changed. */
  private @Nullable ChangeList toWrite() {
    ChangeList first = changes.peek();
    if (ordered == null && first != null) {
      ordered = first.inOrder();
    }
    return ordered;
  }

  /** Whoever closed it wants nothing of it any more. Does not wait. Idempotent. */
  public void giveUp() {
    over = true;
  }

  /** Whether somebody still has to write it. */
  public boolean isWanted() {
    return !isDone() && !tier.isClosed();
  }

  /** Whether it has been written, and later changes may go down. */
  public boolean isDone() {
    return written && over;
  }
}
