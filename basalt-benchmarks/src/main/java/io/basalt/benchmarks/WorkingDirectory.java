package io.basalt.benchmarks;

import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.DirectoryTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a run keeps its files. Nothing of them is left when it is closed. */
final class WorkingDirectory implements AutoCloseable {

  private static final long GIGABYTE = 1_000_000_000;

  private final Path path;
  private final boolean isOurs;

  private WorkingDirectory(Path path, boolean isOurs) {
    this.path = path;
    this.isOurs = isOurs;
  }

  /**
   * Makes it, or takes the given one, which must be empty.
   *
   * @throws UnusableDirectoryException if it is of no use
   */
  static WorkingDirectory open(@Nullable Path given, Scale scale)
      throws IOException, UnusableDirectoryException {
    WorkingDirectory directory =
        given == null
            ? new WorkingDirectory(Files.createTempDirectory("basalt-benchmarks"), true)
            : taken(given.toAbsolutePath());
    try {
      checkSpace(directory.path, Files.getFileStore(directory.path).getUsableSpace(), scale);
      return directory;
    } catch (UnusableDirectoryException e) {
      directory.close();
      throw e;
    }
  }

  private static WorkingDirectory taken(Path given) throws IOException, UnusableDirectoryException {
    boolean isOurs = !Files.exists(given);
    try {
      Files.createDirectories(given);
    } catch (FileAlreadyExistsException e) {
      throw new UnusableDirectoryException("%s is not a directory.".formatted(given));
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(given)) {
      if (entries.iterator().hasNext()) {
        throw new UnusableDirectoryException(
            "%s is not empty, and all in it would be deleted at the end.".formatted(given));
      }
    }
    return new WorkingDirectory(given, isOurs);
  }

  /** What the largest group keeps at once, and as much again. */
  static void checkSpace(Path path, long usable, Scale scale) throws UnusableDirectoryException {
    long needed = scale.choose(GIGABYTE / 2, 4 * GIGABYTE, 24 * GIGABYTE);
    if (usable < needed) {
      throw new UnusableDirectoryException(
          "%s has %.1f GB of space left, and a %s run needs %.1f GB. Choose another: --directory"
              .formatted(path, usable / 1e9, scale, needed / 1e9));
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (isOurs) {
      DirectoryTree.delete(path);
    } else {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          DirectoryTree.delete(entry);
        }
      }
    }
  }
}
