package io.basalt.statebackend.snapshot;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One state of a canonical snapshot, as fixed by the synchronous part: a table or the timers of a
 * heap queue.
 */
interface CanonicalState {

  /** Begins to read the entries. Called on the snapshot thread; the caller closes the result. */
  Entries open() throws IOException;

  /** The entries of a state, key group after key group in ascending order. One thread at a time. */
  interface Entries extends AutoCloseable {

    /**
     * Whether they are a table's, as they are: they may be opened again and read beside these. What
     * serializers of a user's or of Flink's take part in is read by one thread.
     */
    boolean areOfATable();

    /**
     * Goes to the key group, which comes after the one before, maybe not at once; or goes on in the
     * same one behind what has been read of it.
     *
     * @param first read from this key on, whatever its key group; null for all keys
     * @param end read up to this key, whatever its key group; null for all keys. Both are null
     *     unless they are a table's
     */
    void enter(int keyGroup, byte @Nullable [] first, byte @Nullable [] end) throws IOException;

    /**
     * Adds the next entry of the key group to the chunk, which is not full.
     *
     * @param state under which number
     * @return whether there was one
     */
    boolean addNext(int state, EntryChunk chunk) throws IOException;

    @Override
    void close();
  }
}
