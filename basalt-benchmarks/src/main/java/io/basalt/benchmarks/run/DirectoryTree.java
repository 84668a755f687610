package io.basalt.benchmarks.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A directory and all that is in it. */
public final class DirectoryTree {

  private DirectoryTree() {}

  /** Deletes it. That somebody else deletes it at the same time does no harm. */
  public static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          delete(entry);
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        return;
      }
    }
    Files.deleteIfExists(path);
  }
}
