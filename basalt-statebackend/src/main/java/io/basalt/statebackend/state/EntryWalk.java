package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Cursor;

/**
 * A walk over the keys of a state's entries, in their order. Task thread; owned by whoever opened
 * it.
 */
interface EntryWalk extends AutoCloseable {

  /**
   * Over what is in a table.
   *
   * @param cursor stands on the first entry; closed with the walk
   */
  static EntryWalk of(Cursor cursor) {
    return new EntryWalk() {
      @Override
      public boolean isValid() {
        return cursor.isValid();
      }

      @Override
      public byte[] key() {
        return cursor.key();
      }

      @Override
      public void next() {
        cursor.next();
      }

      @Override
      public void seek(byte[] key) {
        cursor.seek(key);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  /** Whether it stands on an entry. */
  boolean isValid();

  /** The key of that entry, or what it begins with, user key apart. Nobody changes it. */
  byte[] key();

  /** Moves to the next entry. Only while {@link #isValid()}. */
  void next();

  /** Moves on to the first entry at or after the key, which is behind the current one. */
  void seek(byte[] key);

  @Override
  void close();
}
