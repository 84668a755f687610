package io.basalt.statebackend.failures;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/** One thing that goes wrong in the storage: in the m-th file, at one place of it, once. */
final class StorageFault {

  /** Which files are counted. */
  enum Direction {
    WRITE,
    READ
  }

  /** Where in the file. */
  enum Place {
    OPEN,
    FIRST_BYTE,
    MIDDLE,
    LAST_BYTE,
    CLOSE
  }

  /** What happens there. */
  enum Manner {
    /** An exception, as of a connection that is lost or a disk that is full. */
    BREAKS_OFF,
    /** Blocks until the file is closed or the thread interrupted. */
    STALLS,
    /** Blocks, and neither closing the file nor an interrupt ends it. */
    IGNORES_CLOSE,
    /** Blocks, and so does who closes the file; neither that nor an interrupt ends it. */
    HANGS
  }

  private static final String METADATA_OF_THE_JOB_MANAGER = "_metadata";

  private final Direction direction;
  private final int file;
  private final Place place;
  private final Manner manner;
  private final AtomicInteger files = new AtomicInteger();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable Path struck;
  private volatile @Nullable Thread held;

  StorageFault(Direction direction, int file, Place place, Manner manner) {
    this.direction = direction;
    this.file = file;
    this.place = place;
    this.manner = manner;
  }

  /** Whether the file that is about to be opened is the one. */
  boolean isIn(Path path, Direction opened) {
    if (opened != direction || path.getName().equals(METADATA_OF_THE_JOB_MANAGER)) {
      return false;
    }
    int number = files.getAndIncrement();
    // Flink tries ten times to create a file, so a storage that refuses goes on to refuse.
    boolean goesOn =
        place == Place.OPEN && opened == Direction.WRITE && manner == Manner.BREAKS_OFF;
    return goesOn ? number >= file : number == file;
  }

  Place place() {
    return place;
  }

  /** Whether there have been as many files. */
  boolean hadItsFile() {
    return files.get() > file;
  }

  /** How many files there have been. */
  int files() {
    return files.get();
  }

  /** The file that it has happened to. */
  @Nullable Path struck() {
    return struck;
  }

  /** The thread that it has happened to. */
  @Nullable Thread held() {
    return held;
  }

  boolean hasStruck() {
    return struck != null;
  }

  /** Waits until it happens, or cannot happen any more. Tells whether it has happened. */
  boolean awaitStrike() throws InterruptedException {
    reached.await();
    return hasStruck();
  }

  /** What it was to happen to has ended. */
  void passed() {
    reached.countDown();
  }

  /** The storage comes back, if it hangs. */
  void end() {
    over.countDown();
  }

  /** Happens. The exception does not say where, so that whoever names the file knows it. */
  void strike(Path path, CountDownLatch closed) throws IOException {
    struck = path;
    held = Thread.currentThread();
    reached.countDown();
    switch (manner) {
      case BREAKS_OFF -> throw new IOException("the storage broke off");
      case STALLS -> stall(closed);
      case IGNORES_CLOSE, HANGS -> hang();
    }
  }

  /** Whoever closes a file that hangs, hangs. */
  void closing() {
    if (manner == Manner.HANGS && hasStruck()) {
      hang();
    }
  }

  private static void stall(CountDownLatch closed) throws IOException {
    try {
      closed.await();
      throw new IOException("the file was closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the thread was interrupted", e);
    }
  }

  private void hang() {
    boolean interrupted = false;
    while (true) {
      try {
        over.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
