package io.basalt.statebackend.backend;

import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.MemoryShare;
import io.basalt.statebackend.transfer.Detached;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.runtime.memory.OpaqueMemoryResource;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be given back when a keyed backend ends, or when building one fails half way: the
 * database, the lease on shared memory, the files.
 *
 * <p>Filled while the backend is built, in the order in which things come; closed in the reverse
 * order, each step whether or not the one before failed.
 */
final class BackendResources implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackendResources.class);

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final Deque<AutoCloseable> readers = new ArrayDeque<>();
  private @Nullable Database database;

  <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** The database, which readers may hold for a while when all is closed. */
  Database ownDatabase(Database opened) {
    database = opened;
    return own(opened);
  }

  /** A reader of the database of which we can be sure that it ends when it is closed. */
  void ownReader(AutoCloseable reader) {
    readers.push(reader);
  }

  /** The directory and everything in it is deleted at the end. */
  void ownDirectory(Path directory) {
    owned.push(() -> delete(directory));
  }

  /** The memory's lease is given back after every database is closed. */
  @Nullable MemoryShare ownMemory(@Nullable OpaqueMemoryResource<MemoryShare> memory) {
    if (memory == null) {
      return null;
    }
    owned.push(memory);
    return memory.getResourceHandle();
  }

  /**
   * Closes now or, if somebody goes on to read the database though he was told to end, when he has:
   * a savepoint whose storage does not answer. Then a thread waits for that and closes, and the
   * task can end; closing under a reader would end the process.
   */
  void closeUnderReaders() {
    close(readers);
    Database read = database;
    if (read == null || read.leases() == 0) {
      close();
      return;
    }
    // One thread for both: there might be no second one to be had.
    AtomicBoolean decided = new AtomicBoolean();
    boolean ended =
        Detached.run(
            "basalt-await-leases",
            () -> {
              read.awaitLeases();
              if (!decided.compareAndSet(false, true)) {
                close();
              }
            });
    if (ended || !decided.compareAndSet(false, true)) {
      close();
      return;
    }
    LOG.warn(
        "A savepoint of the state in {} does not end, its storage does not answer. The database,"
            + " its memory and its local files are given back when it does.",
        read.directory());
  }

  @Override
  public void close() {
    close(readers);
    close(owned);
  }

  private static void close(Deque<AutoCloseable> resources) {
    while (!resources.isEmpty()) {
      AutoCloseable resource = resources.pop();
      try {
        resource.close();
      } catch (Exception | Error e) {
        // Also after an Error: what is left is native memory and files.
        LOG.warn("Could not give back {} of a state backend that ends.", resource, e);
      }
    }
  }

  private static void delete(Path directory) {
    try {
      FileUtils.deleteDirectory(directory.toFile());
    } catch (IOException e) {
      LOG.warn("Could not delete the local files of a state backend that ended: {}", directory, e);
    }
  }
}
