package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;

/** Where the files of a savepoint lie, as one of them shows. */
final class SavepointDirectory {

  private final Path path;

  private SavepointDirectory(Path path) {
    this.path = path;
  }

  /**
   * The directory of a file. Only of one that may be moved together with its savepoint: where
   * Flink's storage gives any other handle, it spreads files by entropy in their paths, and there
   * is no one directory.
   */
  static Optional<SavepointDirectory> of(StreamStateHandle handle) {
    return handle instanceof RelativeFileStateHandle file
        ? Optional.of(new SavepointDirectory(file.getFilePath().getParent()))
        : Optional.empty();
  }

  /** How the savepoint refers to a copy that bears its source's name. */
  StreamStateHandle copyOf(StreamStateHandle source) {
    String name = source.maybeGetPath().orElseThrow().getName();
    return new RelativeFileStateHandle(new Path(path, name), name, source.getStateSize());
  }

  /**
   * How long the file really is.
   *
   * @throws IOException if there is none
   */
  static long lengthOf(StreamStateHandle handle) throws IOException {
    Path file = handle.maybeGetPath().orElseThrow();
    return file.getFileSystem().getFileStatus(file).getLen();
  }
}
