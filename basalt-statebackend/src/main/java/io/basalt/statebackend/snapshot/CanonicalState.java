package io.basalt.statebackend.snapshot;

import java.io.IOException;

/**
 * One state of a canonical snapshot, as fixed by the synchronous part: a table or the timers of a
 * heap queue.
 */
interface CanonicalState {

  /** Begins to read the entries. Called on the snapshot thread; the caller closes the result. */
  Entries open() throws IOException;

  /**
   * The entries of a state, key group after key group in ascending order. One thread.
   *
   * <p>Key and value are fresh arrays that the caller may change: Flink's writer sets a flag in the
   * first byte of a key.
   */
  interface Entries extends AutoCloseable {

    /**
     * Goes to the first entry of the key group.
     *
     * @return whether there is one
     */
    boolean enter(int keyGroup) throws IOException;

    /**
     * Goes to the next entry of the same key group. Only if the last step found one.
     *
     * @return whether there is one
     */
    boolean advance() throws IOException;

    byte[] key();

    byte[] value();

    @Override
    void close();
  }
}
