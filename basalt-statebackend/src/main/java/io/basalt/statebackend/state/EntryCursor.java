package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.EntryBytes;

/**
 * The entries of a range of keys, in their order, as they were when it was opened. Task thread;
 * owned by whoever opened it.
 */
interface EntryCursor extends AutoCloseable {

  /**
   * What is in a table, from the first entry on.
   *
   * @param cursor closed with this one
   */
  static EntryCursor of(Cursor cursor) {
    cursor.seekToFirst();
    return new EntryCursor() {
      @Override
      public boolean isValid() {
        return cursor.isValid();
      }

      @Override
      public void next() {
        cursor.next();
      }

      @Override
      public byte[] key() {
        return cursor.key();
      }

      @Override
      public byte[] value() {
        return cursor.value();
      }

      @Override
      public void key(EntryBytes target) {
        cursor.key(target);
      }

      @Override
      public void value(EntryBytes target) {
        cursor.value(target);
      }

      @Override
      public int value(byte[] target) {
        return cursor.value(target, 0);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  /** Whether it stands on an entry. */
  boolean isValid();

  /** Moves to the next entry. Only while {@link #isValid()}. */
  void next();

  /** The key of the entry, which nobody changes. */
  byte[] key();

  /** The value of the entry, which nobody changes. */
  byte[] value();

  /** The key of the entry, into arrays that it shares with others. */
  void key(EntryBytes target);

  /** The value of the entry, into arrays that it shares with others. */
  void value(EntryBytes target);

  /**
   * Reads the value of the entry into the array, as far as there is room for it.
   *
   * @return how long it is
   */
  int value(byte[] target);

  @Override
  void close();
}
