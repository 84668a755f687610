package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.hot.Epochs;
import io.basalt.statebackend.store.Lease;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is made of, as of its barrier: links to files, or a view. It is fixed once every
 * change of before the barrier has reached the database, and before any later one does: in the
 * synchronous part where no change waits above the database, else by whoever needs it first.
 *
 * <p>Owns what it has fixed until it is released, once, by any thread and at any moment; and the
 * lease as long as the database is needed.
 *
 * @param <T> the type of what is fixed
 */
final class Fixed<T> {

  private enum Phase {
    WAITING,
    FIXING,
    FIXED,
    RELEASED
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
  private final Callable<T> fixing;
  private final Consumer<T> freeing;
  private final @Nullable Lease lease;
  private final boolean needsDatabase;
  private @Nullable T value;
  private @Nullable Exception failure;
  private @Nullable Epoch epoch;
  private @Nullable LeftEpochs left;
  private volatile boolean isBeingWritten;

  private Fixed(
      Callable<T> fixing, Consumer<T> freeing, @Nullable Lease lease, boolean needsDatabase) {
    this.fixing = fixing;
    this.freeing = freeing;
    this.lease = lease;
    this.needsDatabase = needsDatabase;
  }

  /** Fixed now, in the synchronous part. */
  static <T> Fixed<T> now(T value, Consumer<T> freeing, @Nullable Lease lease) {
    Fixed<T> fixed = new Fixed<>(() -> value, freeing, lease, true);
    fixed.fix();
    return fixed;
  }

  /**
   * To be fixed when all changes of before now have been written.
   *
   * @param fixing called once, or not at all if it is released before, on any thread
   * @param lease keeps the database open for that; taken over, also if it throws
   * @param needsDatabase whether the lease is needed as long as what is fixed is used
   * @param left gets the epoch if it is released before that has been written
   */
  static <T> Fixed<T> after(
      Epochs epochs,
      Callable<T> fixing,
      Consumer<T> freeing,
      Lease lease,
      boolean needsDatabase,
      LeftEpochs left) {
    Fixed<T> fixed = new Fixed<>(fixing, freeing, lease, needsDatabase);
    fixed.left = left;
    try {
      fixed.epoch = epochs.close(fixed::fix);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
    return fixed;
  }

  /**
   * What has been fixed, which is done here if nobody has done it. On the snapshot's thread.
   *
   * @throws Exception if the changes could not be written, or what is made of them not be fixed
   */
  T get() throws Exception {
    finishEpoch();
    Exception failed = failure;
    if (failed != null) {
      throw failed;
    }
    T fixed = value;
    if (fixed == null || phase.get() == Phase.RELEASED) {
      throw new CancellationException("The snapshot was cancelled before it was written.");
    }
    return fixed;
  }

  private void finishEpoch() throws InterruptedException {
    Epoch closed = epoch;
    LeftEpochs unfinished = left;
    if (closed == null || unfinished == null) {
      return;
    }
    isBeingWritten = true;
    try {
      unfinished.finish(closed);
    } catch (InterruptedException e) {
      unfinished.leave(closed);
      throw e;
    }
  }

  private void fix() {
    if (!phase.compareAndSet(Phase.WAITING, Phase.FIXING)) {
      return;
    }
    try {
      value = fixing.call();
    } catch (Exception e) {
      failure = e;
    } catch (Error e) {
      failure = new IllegalStateException(e);
      ExceptionUtils.rethrowIfFatalErrorOrOOM(e);
    } finally {
      if (!needsDatabase && lease != null) {
        lease.close();
      }
      if (!phase.compareAndSet(Phase.FIXING, Phase.FIXED)) {
        // Released meanwhile, and left to be freed here.
        free();
      }
    }
  }

  /** Lets go of everything. Does not wait for whoever is fixing it. */
  void release() {
    Epoch closed = epoch;
    if (closed != null) {
      closed.giveUp();
    }
    Phase before = phase.getAndSet(Phase.RELEASED);
    try {
      if (before == Phase.WAITING || before == Phase.FIXED) {
        free();
      }
    } finally {
      LeftEpochs unfinished = left;
      if (closed != null && unfinished != null && !isBeingWritten) {
        unfinished.leave(closed);
      }
    }
  }

  private void free() {
    T fixed = value;
    try {
      if (fixed != null) {
        freeing.accept(fixed);
      }
    } finally {
      if (lease != null) {
        lease.close();
      }
    }
  }
}
