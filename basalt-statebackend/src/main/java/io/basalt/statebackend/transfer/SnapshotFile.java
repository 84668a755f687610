package io.basalt.statebackend.transfer;

import java.io.IOException;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * How errors speak of a file of a snapshot.
 *
 * @param description says which file it is, where and of which snapshot
 */
record SnapshotFile(String description) {

  /**
   * A file that is known by where it is.
   *
   * @param origin names the snapshot
   */
  static SnapshotFile of(StreamStateHandle handle, String origin) {
    return new SnapshotFile(place(handle) + " of " + origin);
  }

  /**
   * A file that has a name in a database.
   *
   * @param origin names the snapshot
   */
  static SnapshotFile of(StreamStateHandle handle, String name, String origin) {
    return new SnapshotFile("file '" + name + "' (" + place(handle) + ") of " + origin);
  }

  private static String place(StreamStateHandle handle) {
    return handle.maybeGetPath().map(Object::toString).orElseGet(handle::toString);
  }

  /** Says what could not be done with the file, and what to do. */
  IOException failed(String verb, IOException cause) {
    return new IOException(
        "Could not "
            + verb
            + " "
            + description
            + ": "
            + cause
            + ". If the file is gone or damaged, restore from another checkpoint or savepoint.",
        cause);
  }

  @Override
  public String toString() {
    return description;
  }
}
