package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of a canonical snapshot for Flink's writer, read by threads of their own: while the
 * last ones are compressed and written the next ones are read, and expired values left out.
 *
 * <p>To read entries takes twice the time of writing them. So where there is much, a second reader
 * takes every other part of them, and parts are no larger than what it can be ahead.
 *
 * <p>Whoever closes this waits until the threads have stopped reading, which they do soon. Used by
 * one thread.
 */
final class ReadEntries implements KeyValueStateIterator {

  /** One being read, one being written, and two for when either falters. */
  private static final int LEAST_CHUNKS = 4;

  /** Of each of two readers: ten megabytes. */
  private static final int MOST_CHUNKS = 32;

  /** Of which the chunks of a reader may take one: all slots may be at it. */
  private static final int PARTS_OF_A_HEAP = 256;

  /** A megabyte: less is read before another thread has begun. */
  private static final int CHUNKS_BEFORE_A_SECOND_READER = 4;

  /** Each reader has a cursor for each of them, and what that holds. */
  private static final int MOST_STATES_FOR_TWO_READERS = 256;

  private static final Logger LOG = LoggerFactory.getLogger(ReadEntries.class);

  private static final EntryChunk END = EntryReader.END;

  private final List<CanonicalState> states;
  private final Cancellation cancellation;
  private final ReadParts parts;
  private final List<EntryReader> readers = new ArrayList<>();
  private final boolean readByTwo;

  /** The part that is being written. */
  private int part;

  private int chunks;
  private EntryChunk chunk = END;
  private int entry;
  private boolean newKeyGroup = true;
  private boolean newState = true;

  private ReadEntries(List<CanonicalState> states, KeyGroupRange range, Cancellation cancellation)
      throws IOException {
    this.states = states;
    this.cancellation = cancellation;
    KeyGroupMerge merge = KeyGroupMerge.open(states);
    this.readByTwo =
        mostReaders(states.size()) > 1
            && merge.isOfTables()
            && Runtime.getRuntime().availableProcessors() > 1;
    // With parts as large as that it would wait for chunks that are just being written.
    this.parts = new ReadParts(range, readByTwo ? mostChunks() * 3 / 4 : Integer.MAX_VALUE);
    readers.add(EntryReader.start(merge, parts, mostChunks()));
  }

  /** How many read at a time, at most. */
  static int mostReaders(int states) {
    return states > MOST_STATES_FOR_TWO_READERS ? 1 : 2;
  }

  /** Begins to read and stands on the first entry. The caller closes the result. */
  static ReadEntries start(
      List<CanonicalState> states, KeyGroupRange range, Cancellation cancellation)
      throws IOException {
    ReadEntries entries = new ReadEntries(states, range, cancellation);
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
    readers.forEach(EntryReader::stop);
    readers.forEach(EntryReader::close);
  }

  /** Gives the chunk back and stands on the first entry of the next one. */
  private void takeChunk() throws IOException {
    EntryChunk written = chunk;
    chunk = END;
    entry = 0;
    try {
      EntryReader reader = written == END ? null : parts.readerOf(part);
      if (reader != null) {
        reader.giveBack(written);
      }
      chunk = nextChunk();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("The snapshot was cancelled.");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** The next one of this part or of a later one. */
  private EntryChunk nextChunk() throws IOException, InterruptedException {
    for (EntryReader reader = parts.readerOf(part); reader != null; reader = parts.readerOf(part)) {
      EntryChunk next = reader.take();
      // A cancelled snapshot of little has been read long since.
      cancellation.look();
      if (next != END) {
        countChunk();
        return next;
      }
      reader.rethrowFailure();
      part++;
    }
    return END;
  }

  private void countChunk() throws IOException {
    chunks++;
    if (chunks == CHUNKS_BEFORE_A_SECOND_READER && readByTwo) {
      startSecond();
    }
  }

  private void startSecond() throws IOException {
    try {
      readers.add(EntryReader.start(KeyGroupMerge.open(states), parts, mostChunks()));
    } catch (OutOfMemoryError e) {
      // There may be no more threads: the first reader reads all.
      LOG.warn("A savepoint is read by one thread only.", e);
    }
  }

  private int mostChunks() {
    long share = Runtime.getRuntime().maxMemory() / PARTS_OF_A_HEAP / EntryChunk.HEAP_BYTES;
    return readByTwo ? (int) Math.max(LEAST_CHUNKS, Math.min(MOST_CHUNKS, share)) : LEAST_CHUNKS;
  }
}
