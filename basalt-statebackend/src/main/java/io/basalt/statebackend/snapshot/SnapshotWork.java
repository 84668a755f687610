package io.basalt.statebackend.snapshot;

import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;

/** The asynchronous part of one snapshot, and what its synchronous part has left to be released. */
interface SnapshotWork {

  /**
   * Writes the snapshot. Called at most once, on a snapshot thread. Where it throws, nothing it has
   * written is left.
   *
   * @param streams its closing cancels the work; closed once the work has ended
   */
  SnapshotResult<KeyedStateHandle> write(CloseableRegistry streams) throws Exception;

  /**
   * Lets go of everything local, on whatever thread. Called exactly once: after {@link #write}, or
   * instead of it.
   */
  void release();

  /**
   * The snapshot was cancelled at the very moment it had been written: the result is on its way to
   * be discarded. Called after {@link #release}.
   */
  default void withdrawn() {}
}
