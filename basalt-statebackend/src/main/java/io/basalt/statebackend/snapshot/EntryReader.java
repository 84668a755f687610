package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * A thread that reads parts of a canonical snapshot into chunks, which go round between it and the
 * thread that writes. Whoever started it closes it.
 */
final class EntryReader {

  /** Handed over behind the last chunk of each part, and where reading ended early. */
  static final EntryChunk END = EntryChunk.ofNothing();

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final KeyGroupMerge merge;
  private final ReadParts parts;
  private final int mostChunks;
  private final BlockingQueue<EntryChunk> free = new LinkedBlockingQueue<>();

  /** Bounded by the chunks and parts that there are. */
  private final BlockingQueue<EntryChunk> filled = new LinkedBlockingQueue<>();

  private final Thread thread;

  /** Of the chunks, which come about as they are needed: most states are small. */
  private int made;

  /** Why the reading ended early; written before the end is handed over. */
  private volatile @Nullable Throwable failure;

  private EntryReader(KeyGroupMerge merge, ReadParts parts, int mostChunks) {
    this.merge = merge;
    this.parts = parts;
    this.mostChunks = mostChunks;
    this.thread = new Thread(this::read, "basalt-savepoint-" + NUMBER.incrementAndGet());
    this.thread.setDaemon(true);
  }

  /**
   * Begins to read.
   *
   * @param merge of all states; taken over, also if this throws
   */
  static EntryReader start(KeyGroupMerge merge, ReadParts parts, int mostChunks) {
    try {
      EntryReader reader = new EntryReader(merge, parts, mostChunks);
      reader.thread.start();
      return reader;
    } catch (RuntimeException | Error e) {
      merge.close();
      throw e;
    }
  }

  /** The next chunk of the part, or {@link #END}. */
  EntryChunk take() throws InterruptedException {
    return filled.take();
  }

  /** Gives back a chunk that has been written. */
  void giveBack(EntryChunk written) {
    written.clear();
    free.add(written);
  }

  /** If there was one. */
  void rethrowFailure() throws IOException {
    Throwable thrown = failure;
    if (thrown != null) {
      ExceptionUtils.rethrowIOException(thrown);
    }
  }

  /** Has it end soon. */
  void stop() {
    thread.interrupt();
  }

  /**
   * Waits until the thread has stopped reading: only then may cursors and view be closed. An
   * interrupt does not shorten the wait and stays set.
   */
  void close() {
    stop();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    merge.close();
  }

  private void read() {
    try {
      for (ReadPart part = parts.take(this); part != null; part = parts.take(this)) {
        read(part);
        parts.read(part);
        filled.add(END);
      }
    } catch (InterruptedException e) {
      // By close(): nobody waits for anything any more.
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      failure = e;
      filled.add(END);
    }
  }

  private void read(ReadPart part) throws IOException, InterruptedException {
    merge.enter(part);
    boolean more = true;
    while (more) {
      EntryChunk filling = freeChunk();
      more = merge.fill(filling);
      boolean large = filling.endsWithOwnArrays();
      if (filling.entries() > 0) {
        parts.filled(part, filling);
        filled.add(filling);
      } else {
        free.add(filling);
      }
      if (large) {
        awaitWritten();
      }
    }
  }

  private EntryChunk freeChunk() throws InterruptedException {
    EntryChunk used = free.poll();
    if (used == null && made < mostChunks) {
      made++;
      return EntryChunk.empty();
    }
    return used == null ? free.take() : used;
  }

  /** Values of a gigabyte are not to pile up. */
  private void awaitWritten() throws InterruptedException {
    List<EntryChunk> all = new ArrayList<>(made);
    while (all.size() < made) {
      all.add(free.take());
    }
    free.addAll(all);
  }
}
