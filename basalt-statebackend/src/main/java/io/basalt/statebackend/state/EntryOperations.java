package io.basalt.statebackend.state;

import org.jspecify.annotations.Nullable;

/**
 * What every kind of state can do with all it holds under one key and namespace. Works for any key,
 * not only the current one; task thread only.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of what is held: a value, a list, a map, an accumulator
 */
interface EntryOperations<K, N, V> {

  /** What is held, a fresh object, or null if nothing is. */
  @Nullable V get(K key, int keyGroup, N namespace);

  /** Holds this from now on, in place of what was held. */
  void put(K key, int keyGroup, N namespace, V value);

  /** Holds nothing from now on. */
  void remove(K key, int keyGroup, N namespace);
}
