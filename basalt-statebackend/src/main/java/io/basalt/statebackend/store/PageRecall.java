package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the system read files that the task is about to read at random, once and from end to end.
 *
 * <p>{@code SstFileWriter} tells the system to forget the pages of every file it has written, and
 * RocksJava has no way to keep it from that: after a canonical restore none of them were in memory,
 * and the first 20,000 reads took ten times as long as stock's (measured). From end to end the disk
 * gives two gigabytes a second, block by block seventy megabytes.
 *
 * <p>The bytes never come to this process: they are sent to nowhere, for a tenth of the CPU time
 * that it takes to read them. What is read is taken from the budget until all has been. Nothing
 * depends on any of it, so what fails is left.
 *
 * <p>One thread that lives for as long as there are files. Thread-safe.
 */
final class PageRecall {

  private static final Logger LOG = LoggerFactory.getLogger(PageRecall.class);

  private static final Path NOWHERE = Path.of("/dev/null");

  /** Some milliseconds, for which whoever closes the database may have to wait. */
  private static final long BYTES_AT_ONCE = 8 << 20;

  private final PageBudget budget;
  private final Deque<Path> waiting = new ArrayDeque<>();
  private @Nullable Thread thread;

  /** By what tells a file from others under any name; of one thread after the other. */
  private final Set<Object> known = new HashSet<>();

  private volatile long read;

  /** What is being read, and what was before that; of one thread after the other. */
  private long taken;

  private long before;
  private volatile boolean stopped;

  /**
   * With no files yet.
   *
   * @param budget asked before each file
   */
  PageRecall(PageBudget budget) {
    this.budget = budget;
  }

  /** Begins with the files, or lets them follow those before. Any thread; returns at once. */
  synchronized void read(Collection<Path> files) {
    if (stopped || files.isEmpty()) {
      return;
    }
    waiting.addAll(files);
    if (thread == null) {
      Thread reading = new Thread(this::readAll, "basalt-page-recall");
      reading.setDaemon(true);
      try {
        reading.start();
        thread = reading;
      } catch (OutOfMemoryError e) {
        // There may be no more threads.
        LOG.debug("Did not have restored files read.", e);
        waiting.clear();
      }
    }
  }

  /**
   * Ends it for good. Returns when the thread is gone, which takes milliseconds; an interrupt does
   * not shorten it and stays set. Any thread.
   */
  void stop() {
    Thread reading;
    synchronized (this) {
      stopped = true;
      waiting.clear();
      reading = thread;
    }
    boolean interrupted = false;
    while (reading != null && reading.isAlive()) {
      try {
        reading.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many have been read so far. */
  long bytes() {
    return read;
  }

  private void readAll() {
    try (FileChannel nowhere = FileChannel.open(NOWHERE, StandardOpenOption.WRITE)) {
      for (Path file = next(); file != null; file = next()) {
        read(file, nowhere);
      }
    } catch (IOException | RuntimeException e) {
      // Also a system without such a place: only Linux forgets the pages.
      LOG.debug("Did not have restored files read.", e);
    } finally {
      leave(Thread.currentThread());
    }
  }

  private synchronized @Nullable Path next() {
    Path file = waiting.poll();
    if (file == null) {
      leave(Thread.currentThread());
    }
    return file;
  }

  /** Unless it has left: then another one may be at it. */
  private synchronized void leave(Thread reading) {
    if (thread != reading) {
      return;
    }
    waiting.clear();
    thread = null;
    budget.giveBack(taken);
    before += taken;
    taken = 0;
  }

  private boolean take(long bytes) {
    boolean took = budget.take(bytes, before);
    if (took) {
      taken += bytes;
    }
    return took;
  }

  /** Unless it has been, or there is no room for all of it. */
  private void read(Path file, FileChannel nowhere) {
    try (FileChannel source = FileChannel.open(file)) {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      long size = source.size();
      if (stopped || key == null || known.contains(key) || !take(size)) {
        return;
      }
      known.add(key);
      long others = read;
      long sent = 1;
      for (long done = 0; done < size && sent > 0 && !stopped; done += sent) {
        sent = source.transferTo(done, Math.min(BYTES_AT_ONCE, size - done), nowhere);
        read = others + done + sent;
      }
    } catch (IOException e) {
      // It has moved, or a compaction has replaced it.
      LOG.debug("Did not have {} read.", file, e);
    }
  }
}
