package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.transfer.FileLink;
import io.basalt.statebackend.transfer.Transfers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.DirectoryStateHandle;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProvider;
import org.apache.flink.runtime.state.SnapshotDirectory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the database as they were at one moment, linked into a directory of their own.
 *
 * <p>The directory either is temporary and goes when the snapshot has ended, or becomes the local
 * copy for local recovery if the snapshot succeeds. Where the local copies are on another volume
 * than the database (FLINK-25468), RocksDB would copy every file while the task waits; so the
 * directory is temporary then, too, and is copied on the snapshot's thread. Used by one thread at a
 * time, released once.
 */
final class LinkedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(LinkedFiles.class);

  private final SnapshotDirectory directory;
  private final @Nullable LocalSnapshotDirectoryProvider localCopies;

  /** Where the local copy is to be, if that is not the directory itself. */
  private final @Nullable SnapshotDirectory copy;

  private LinkedFiles(
      SnapshotDirectory directory,
      @Nullable LocalSnapshotDirectoryProvider localCopies,
      @Nullable SnapshotDirectory copy) {
    this.directory = directory;
    this.localCopies = localCopies;
    this.copy = copy;
  }

  /** How files get into a directory that does not exist yet. */
  @FunctionalInterface
  interface Link {
    void into(Path directory) throws IOException;
  }

  /** Links the files into a directory that does not outlive the snapshot. */
  static LinkedFiles temporary(Link link, Path base, long checkpointId) throws IOException {
    return new LinkedFiles(linkTemporarily(link, base, checkpointId), null, null);
  }

  /**
   * Links the files into the directory of local copies, or, where that is on another volume or
   * fails, into a temporary one: a local copy saves time after a failure but is not worth a
   * checkpoint.
   *
   * @param databaseDirectory where the files are
   */
  static LinkedFiles forLocalRecovery(
      Link link,
      Path databaseDirectory,
      LocalSnapshotDirectoryProvider localCopies,
      Path temporaryBase,
      long checkpointId)
      throws IOException {
    File parent = localCopies.subtaskSpecificCheckpointDirectory(checkpointId);
    Path target = parent.toPath().resolve("files-" + UUID.randomUUID());
    try {
      Files.createDirectories(parent.toPath());
      SnapshotDirectory directory = SnapshotDirectory.permanent(target);
      if (!canLink(databaseDirectory, parent.toPath())) {
        return new LinkedFiles(
            linkTemporarily(link, temporaryBase, checkpointId), localCopies, directory);
      }
      link(link, directory);
      return new LinkedFiles(directory, localCopies, null);
    } catch (IOException e) {
      LOG.warn(
          "Checkpoint {} goes on without a copy for local recovery: {}", checkpointId, target, e);
      return temporary(link, temporaryBase, checkpointId);
    }
  }

  /** Only on the volume of the database, and not every file system can. */
  private static boolean canLink(Path databaseDirectory, Path target) {
    Path trial = target.resolve("link-" + UUID.randomUUID());
    try {
      Files.createLink(trial, databaseDirectory.resolve("CURRENT"));
      Files.delete(trial);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static SnapshotDirectory linkTemporarily(Link link, Path base, long checkpointId)
      throws IOException {
    Path target = base.resolve("snapshot-" + checkpointId + "-" + UUID.randomUUID());
    SnapshotDirectory directory = SnapshotDirectory.temporary(target.toFile());
    link(link, directory);
    return directory;
  }

  private static void link(Link link, SnapshotDirectory directory) throws IOException {
    try {
      link.into(directory.getDirectory());
    } catch (IOException | RuntimeException | Error e) {
      delete(directory);
      throw e;
    }
  }

  /** Where the meta data's local copy belongs, or null if no local copy is kept. */
  @Nullable LocalSnapshotDirectoryProvider localCopies() {
    return localCopies;
  }

  /** All files, by name in ascending order. */
  List<Path> list() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> listed = Files.list(directory.getDirectory())) {
      listed.sorted().forEach(files::add);
    }
    return files;
  }

  /**
   * Keeps the files beyond {@link #release} as a local copy, owned by the handle.
   *
   * @return null if no copy is to be kept, or none could be made
   * @throws CancellationException if the streams were closed meanwhile
   */
  @Nullable DirectoryStateHandle keep(Transfers transfers, CloseableRegistry streams)
      throws Exception {
    if (copy == null) {
      return directory.completeSnapshotAndGetHandle();
    }
    DirectoryStateHandle kept = null;
    try {
      transfers.run(copies(copy.getDirectory()), streams);
      kept = copy.completeSnapshotAndGetHandle();
      return kept;
    } catch (IOException e) {
      LOG.warn("There is no copy for local recovery in {}.", copy.getDirectory(), e);
      return null;
    } finally {
      if (kept == null) {
        delete(copy);
      }
    }
  }

  private List<FileLink> copies(Path target) throws IOException {
    Files.createDirectory(target);
    List<FileLink> copies = new ArrayList<>();
    for (Path file : list()) {
      copies.add(new FileLink(file, target.resolve(file.getFileName()), false));
    }
    return copies;
  }

  /** Deletes the directory unless it is kept. */
  void release() {
    delete(directory);
  }

  private static void delete(SnapshotDirectory directory) {
    try {
      directory.cleanup();
    } catch (IOException e) {
      LOG.warn("Could not delete the files of a snapshot in {}.", directory.getDirectory(), e);
    }
  }
}
