package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a canonical snapshot for Flink's writer, read by a thread of its own: while the
 * last ones are compressed and written the next ones are read, and expired values left out.
 *
 * <p>A few chunks go round between the two. Whoever closes this waits until the thread has stopped
 * reading, which it does soon: only then may cursors and view be closed. An interrupt does not
 * shorten the wait and stays set. Used by one thread.
 */
final class ReadEntries implements KeyValueStateIterator {

  /** One being read, one being written, and two for when either falters. */
  private static final int CHUNKS = 4;

  /** Handed over behind the last chunk. */
  private static final EntryChunk END = EntryChunk.ofNothing();

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final KeyGroupMerge merge;
  private final Cancellation cancellation;
  private final BlockingQueue<EntryChunk> free = new ArrayBlockingQueue<>(CHUNKS);

  /** Never full: there is room for all chunks and the end. */
  private final BlockingQueue<EntryChunk> filled = new ArrayBlockingQueue<>(CHUNKS + 1);

  private final Thread thread;

  /** Of the chunks, which come about as they are needed: most states are small. */
  private int made;

  /** Why the reading ended early; written before the end is handed over. */
  private @Nullable Throwable failure;

  private EntryChunk chunk = END;
  private int entry;
  private boolean newKeyGroup = true;
  private boolean newState = true;

  private ReadEntries(KeyGroupMerge merge, Cancellation cancellation) {
    this.merge = merge;
    this.cancellation = cancellation;
    this.thread = new Thread(this::read, "basalt-savepoint-" + NUMBER.incrementAndGet());
    this.thread.setDaemon(true);
  }

  /**
   * Begins to read and stands on the first entry. The caller closes the result.
   *
   * @param merge taken over, also if this throws
   */
  static ReadEntries start(KeyGroupMerge merge, Cancellation cancellation) throws IOException {
    ReadEntries entries;
    try {
      entries = new ReadEntries(merge, cancellation);
      entries.thread.start();
    } catch (RuntimeException | Error e) {
      merge.close();
      throw e;
    }
    try {
      entries.takeChunk();
      return entries;
    } catch (IOException | RuntimeException | Error e) {
      entries.close();
      throw e;
    }
  }

  @Override
  public void next() throws IOException {
    int previousKeyGroup = keyGroup();
    int previousState = kvStateId();
    entry++;
    if (entry == chunk.entries()) {
      takeChunk();
    }
    if (isValid()) {
      newKeyGroup = keyGroup() != previousKeyGroup;
      newState = newKeyGroup || kvStateId() != previousState;
    }
  }

  @Override
  public int keyGroup() {
    return chunk.keyGroup(entry);
  }

  @Override
  public byte[] key() {
    return chunk.key(entry);
  }

  @Override
  public byte[] value() {
    return chunk.value(entry);
  }

  @Override
  public int kvStateId() {
    return chunk.state(entry);
  }

  @Override
  public boolean isNewKeyValueState() {
    return newState;
  }

  @Override
  public boolean isNewKeyGroup() {
    return newKeyGroup;
  }

  @Override
  public boolean isValid() {
    return chunk != END;
  }

  @Override
  public void close() {
    thread.interrupt();
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

  /** Gives the chunk back and stands on the first entry of the next one. */
  private void takeChunk() throws IOException {
    EntryChunk written = chunk;
    chunk = END;
    entry = 0;
    if (written != END) {
      written.clear();
      free.add(written);
    }
    try {
      EntryChunk next = filled.take();
      // A cancelled snapshot of little has been read long since.
      cancellation.look();
      if (next == END) {
        rethrowFailure();
      }
      chunk = next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("The snapshot was cancelled.");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void rethrowFailure() throws IOException {
    if (failure != null) {
      ExceptionUtils.rethrowIOException(failure);
    }
  }

  /** On the thread that reads. */
  private void read() {
    try {
      boolean more = true;
      while (more) {
        EntryChunk filling = freeChunk();
        more = merge.fill(filling);
        boolean large = filling.endsWithOwnArrays();
        if (filling.entries() > 0) {
          filled.add(filling);
        }
        if (large) {
          awaitWritten();
        }
      }
    } catch (InterruptedException e) {
      // By close(): nobody waits for anything any more.
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      failure = e;
    } finally {
      filled.add(END);
    }
  }

  private EntryChunk freeChunk() throws InterruptedException {
    EntryChunk used = free.poll();
    if (used == null && made < CHUNKS) {
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
