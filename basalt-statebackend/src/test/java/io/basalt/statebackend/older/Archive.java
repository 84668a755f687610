package io.basalt.statebackend.older;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.state.KeyedStateHandle;

/**
 * A snapshot that a version of Flink has written on its own backend.
 *
 * @param version of Flink
 * @param kind what it is
 * @param file the meta data, in which all of it is
 */
record Archive(String version, ArchivedSnapshot kind, Path file) {

  private static final String SUFFIX = ".gz";

  /** All of them. */
  static List<Archive> all() throws IOException, URISyntaxException {
    URL resource = Archive.class.getClassLoader().getResource("older-flink");
    try (Stream<Path> files = Files.walk(Path.of(Objects.requireNonNull(resource).toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX))
          .sorted()
          .map(Archive::of)
          .toList();
    }
  }

  private static Archive of(Path file) {
    String name = file.getFileName().toString();
    String kind = name.substring(0, name.length() - SUFFIX.length());
    return new Archive(
        file.getParent().getFileName().toString(), ArchivedSnapshot.valueOf(kind), file);
  }

  /** Puts it where a job can be started from it. */
  Path unpack(Path directory) throws IOException {
    try (InputStream metadata = new GZIPInputStream(Files.newInputStream(file))) {
      Files.copy(metadata, directory.resolve("_metadata"));
    }
    return directory;
  }

  /** Whether it consists of RocksDB's own files. */
  boolean isOfFiles() {
    // Flink 1.15 wrote checkpoints that are not incremental in the canonical format yet.
    boolean stream = kind == ArchivedSnapshot.FULL_CHECKPOINT && version.startsWith("1.15.");
    return kind.isOfFiles() && !stream;
  }

  /** The keyed state of all operators and subtasks, as the version has written it. */
  List<KeyedStateHandle> keyedState() throws IOException {
    try (DataInputStream metadata =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      return Checkpoints.loadCheckpointMetadata(
              metadata, Archive.class.getClassLoader(), file.toString())
          .getOperatorStates()
          .stream()
          .flatMap(operator -> operator.getStates().stream())
          .flatMap(subtask -> subtask.getManagedKeyedState().stream())
          .toList();
    }
  }

  @Override
  public String toString() {
    return kind + " of Flink " + version;
  }
}
