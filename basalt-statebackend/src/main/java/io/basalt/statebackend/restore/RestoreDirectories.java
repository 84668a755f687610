package io.basalt.statebackend.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/**
 * Where a restore puts files.
 *
 * <pre>
 *   instance directory
 *     db                the database of the task
 *     restored-0, ...   files of one handle each, until they become the database or are copied from
 * </pre>
 */
final class RestoreDirectories {

  private static final String DATABASE = "db";
  private static final String FETCHED = "restored-";

  private final Path instance;
  private final int handles;
  private final boolean instanceExisted;
  private boolean created;

  RestoreDirectories(Path instance, int handles) {
    this.instance = instance;
    this.handles = handles;
    this.instanceExisted = Files.exists(instance);
  }

  /**
   * Makes the instance directory if need be.
   *
   * @throws IOException if there is a database already: RocksDB would open it, whatever is in it
   */
  void create() throws IOException {
    if (Files.exists(database())) {
      throw new IOException(
          "There are files already in " + database() + ", where a database is to be restored to.");
    }
    created = true;
    Files.createDirectories(instance);
  }

  Path database() {
    return instance.resolve(DATABASE);
  }

  /** Makes the directory for the files of a handle. */
  Path createFetched(int handle) throws IOException {
    return Files.createDirectory(fetched(handle));
  }

  /** The files of a handle. */
  Path fetched(int handle) {
    return instance.resolve(FETCHED + handle);
  }

  /** Lets the files of a handle be the database; on the same volume, so nothing is copied. */
  void adopt(int handle) throws IOException {
    Files.move(fetched(handle), database());
  }

  /** Lets go of the files of a handle. */
  void deleteFetched(int handle) throws IOException {
    FileUtils.deleteDirectory(fetched(handle).toFile());
  }

  /** Leaves everything as it was found. */
  void deleteAll() throws IOException {
    if (!created) {
      return;
    }
    FileUtils.deleteDirectory(database().toFile());
    for (int handle = 0; handle < handles; handle++) {
      deleteFetched(handle);
    }
    if (!instanceExisted) {
      FileUtils.deleteDirectory(instance.toFile());
    }
  }
}
