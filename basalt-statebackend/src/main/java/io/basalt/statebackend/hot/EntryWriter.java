package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * Writes entries of one table to where all are kept. Used by one thread at a time, which need not
 * be the task thread: a writer has serializers of its own.
 */
public interface EntryWriter {

  /** There is this value under the key and namespace, in the stored form of the table. */
  void put(Object key, @Nullable Object namespace, int keyGroup, Object value);

  /** There is nothing under the key and namespace any more. */
  void remove(Object key, @Nullable Object namespace, int keyGroup);
}
