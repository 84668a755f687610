package io.basalt.statebackend.store;

import io.basalt.statebackend.config.InfoLogDirectory;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes RocksDB's log of a closed database where it was put beside Flink's log. */
final class RelocatedLog {

  private static final Logger LOG = LoggerFactory.getLogger(RelocatedLog.class);

  private RelocatedLog() {}

  static void delete(InfoLogDirectory where, Path database) {
    Path directory = where.directory();
    if (directory == null || !where.relocated()) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            directory,
            file -> InfoLogDirectory.isLogOf(database, String.valueOf(file.getFileName())))) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn(
          "Could not delete the log of the closed RocksDB in {} from {}.", database, directory, e);
    }
  }
}
