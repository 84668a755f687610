package io.basalt.benchmarks.eviction;

/**
 * A cache of keys that forgets one when it is full. Every key that is asked for and is not there is
 * taken in. Not thread-safe.
 */
interface Policy {

  /** Whether the key was there; it is afterwards. */
  boolean access(int key);

  /** Takes the key out without a call to {@link Evicted}, as when its state is cleared. */
  void remove(int key);

  boolean contains(int key);

  /** How many keys are there. */
  int size();

  /** Told of every key that had to go. */
  @FunctionalInterface
  interface Evicted {
    void evicted(int key);
  }
}
