package io.basalt.statebackend.transfer;

import java.io.IOException;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * How errors speak of a file of a snapshot.
 *
 * @param handle the file
 * @param origin names the snapshot
 */
record SnapshotFile(StreamStateHandle handle, String origin) {

  /** Says where the file is, if it is a file of its own, and of which snapshot. */
  @Override
  public String toString() {
    return handle.maybeGetPath().map(Object::toString).orElseGet(handle::toString)
        + " of "
        + origin;
  }

  /** Says what could not be done with the file, and what to do. */
  IOException failed(String verb, IOException cause) {
    return new IOException(
        "Could not "
            + verb
            + " "
            + this
            + ": "
            + cause
            + ". If the file is gone or damaged, restore from another checkpoint or savepoint.",
        cause);
  }
}
