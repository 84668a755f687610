package io.basalt.statebackend.store;

import java.util.Collection;

/**
 * The native objects that a user's options factory has handed over to be closed. It may hand over
 * one once and give it to every database from then on, so all live until the last database of the
 * backend is closed: also while one is closed to be opened again. Thread-safe.
 */
final class UsersHandles {

  private final NativeOwner owner = new NativeOwner();
  private int users;

  /** For as long as it is open nothing is closed. */
  @FunctionalInterface
  interface Use extends AutoCloseable {
    @Override
    void close();
  }

  /** Between two databases. */
  Use use() {
    retain();
    return this::release;
  }

  /** They are kept until as many releases. */
  synchronized void retain() {
    users++;
  }

  /** Keeps them as well. */
  synchronized void own(Collection<AutoCloseable> handles) {
    handles.forEach(owner::own);
  }

  /** Closes all of them if nobody else retains them. */
  synchronized void release() {
    if (--users == 0) {
      owner.close();
    }
  }
}
