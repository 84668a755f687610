package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/**
 * Brings one file of a snapshot to the local disk, whole.
 *
 * <p>The handle knows how long the file was when it was written. RocksDB cannot tell a MANIFEST
 * that was cut short from an older one and would open an older state without a word, so the length
 * is compared here, for every file.
 */
public final class FileDownload implements Transfers.Transfer<Long> {

  private final StreamStateHandle source;
  private final Path target;
  private final String origin;
  private final boolean shareable;

  /**
   * A download that has not begun.
   *
   * @param source where the file is
   * @param target the local file, which must not exist yet; its directory must
   * @param origin names the snapshot in errors
   * @param shareable whether the file is never written again, as an SST
   */
  public FileDownload(StreamStateHandle source, Path target, String origin, boolean shareable) {
    this.source = source;
    this.target = target;
    this.origin = origin;
    this.shareable = shareable;
  }

  /**
   * Where checkpoints are on the same volume as the database, a file that is never written again
   * gets a second name there, which takes no time. To delete either leaves the other.
   */
  private boolean link() {
    // Others may be a part of their file, or not be there as it is.
    if (!(source instanceof FileStateHandle file)) {
      return false;
    }
    org.apache.flink.core.fs.Path path = file.getFilePath();
    try {
      FileSystem storage = FileSystem.getUnguardedFileSystem(path.toUri());
      // One that was derived from it may keep its files in another form.
      if (!(storage instanceof LocalFileSystem local)
          || storage.getClass() != LocalFileSystem.class) {
        return false;
      }
      // Not another name of a symbolic link, which may lead nowhere from here.
      Files.createLink(target, local.pathToFile(path).toPath().toRealPath());
      return true;
    } catch (IOException | RuntimeException e) {
      // Another volume, say. If it is not there the copy says so.
      return false;
    }
  }

  /**
   * Copies or links; the number of bytes is the result.
   *
   * @throws IOException naming the file and the snapshot if the file is missing, cannot be read or
   *     has not the length that the snapshot recorded; then there is no local file
   */
  @Override
  public Long copy(CloseableRegistry registry) throws IOException {
    long bytes;
    try {
      bytes = shareable && link() ? Files.size(target) : download(registry);
    } catch (IOException e) {
      throw failed(e);
    }
    return checked(bytes);
  }

  /** Where the file is, if it is a file of its own and whole. */
  Optional<org.apache.flink.core.fs.Path> path() {
    return source.maybeGetPath();
  }

  Path target() {
    return target;
  }

  /** How long the file must be. */
  long length() {
    return source.getStateSize();
  }

  /** Says which file did not come, and what to do. */
  IOException failed(IOException cause) {
    return file().failed("download", cause);
  }

  /** The bytes that have come, or the error that they are too few or too many. */
  long checked(long bytes) throws IOException {
    if (bytes != length()) {
      Files.deleteIfExists(target);
      throw new IOException(
          "The length of "
              + description()
              + " is "
              + bytes
              + " bytes, but "
              + length()
              + " bytes were written when the snapshot was taken. The file is damaged: restore from"
              + " another checkpoint or savepoint.");
    }
    return bytes;
  }

  private long download(CloseableRegistry registry) throws IOException {
    InputStream input = source.openInputStream();
    try {
      registry.registerCloseable(input);
      return StreamCopy.toNewFile(input, target);
    } finally {
      if (registry.unregisterCloseable(input)) {
        input.close();
      }
    }
  }

  String description() {
    return file().description();
  }

  private SnapshotFile file() {
    return SnapshotFile.of(source, String.valueOf(target.getFileName()), origin);
  }
}
