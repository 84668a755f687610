package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native library once in this process.
 *
 * <p>RocksDB's classes come from Flink's own class path (parent first), so the library is shared
 * with every other RocksDB state backend in the TaskManager and it does not matter who loads it
 * first: {@code RocksDB.loadLibrary()} returns at once when the library is there. It is unpacked
 * beneath a directory that the caller names because {@code /tmp} may be mounted without execution
 * rights.
 */
public final class NativeLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads the library unless it is loaded.
   *
   * @param temporaryDirectory where the library's file is unpacked to, in a directory of its own
   * @throws IOException if the library cannot be unpacked or linked; the message names both
   */
  public static synchronized void load(Path temporaryDirectory) throws IOException {
    if (loaded) {
      return;
    }
    Path unpacked = temporaryDirectory.resolve("rocksdb-lib-" + UUID.randomUUID());
    try {
      Files.createDirectories(unpacked);
      // The loader of the jar first, with our directory; RocksDB.loadLibrary then finds it done.
      NativeLibraryLoader.getInstance().loadLibrary(unpacked.toString());
      RocksDB.loadLibrary();
      loaded = true;
      if (isEmpty(unpacked)) {
        // Loaded by stock, or by the Basalt of another job's jar, of which this class knows
        // nothing.
        Files.delete(unpacked);
      } else {
        LOG.info("RocksDB's native library is loaded from {}.", unpacked);
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new IOException(
          "Could not load RocksDB's native library, unpacked to "
              + unpacked
              + ". The directory must be writable and allow execution (no 'noexec' mount); it"
              + " is in the TaskManager's working directory (process.taskmanager.working-dir, by"
              + " default beneath io.tmp.dirs).",
          e);
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }
}
