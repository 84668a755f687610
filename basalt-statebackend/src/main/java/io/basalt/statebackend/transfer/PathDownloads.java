package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.PathsCopyingFileSystem;
import org.apache.flink.core.fs.PathsCopyingFileSystem.CopyRequest;

/**
 * Downloads that a file system does by itself, several in one go: Flink's S3 file systems do when
 * {@code s3.s5cmd.path} is set (FLIP-444). It has threads, or a process, of its own, so all files
 * of a file system are one transfer.
 */
public final class PathDownloads implements Transfers.Transfer<Long> {

  private final PathsCopyingFileSystem fileSystem;
  private final List<FileDownload> files = new ArrayList<>();

  private PathDownloads(PathsCopyingFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * Puts together what a file system can copy by itself; all other downloads stay what they are.
   *
   * @throws IOException if a file system cannot be reached
   */
  public static List<Transfers.Transfer<Long>> grouped(List<FileDownload> downloads)
      throws IOException {
    List<Transfers.Transfer<Long>> transfers = new ArrayList<>();
    Map<FileSystem, PathDownloads> groups = new LinkedHashMap<>();
    for (FileDownload download : downloads) {
      Optional<FileSystem> fileSystem = copierOf(download);
      if (fileSystem.isEmpty()) {
        transfers.add(download);
      } else {
        groups
            .computeIfAbsent(
                fileSystem.get(), chosen -> new PathDownloads((PathsCopyingFileSystem) chosen))
            .files
            .add(download);
      }
    }
    transfers.addAll(groups.values());
    return transfers;
  }

  private static Optional<FileSystem> copierOf(FileDownload download) throws IOException {
    Optional<Path> source = download.path();
    if (source.isEmpty()) {
      return Optional.empty();
    }
    try {
      FileSystem fileSystem = FileSystem.getUnguardedFileSystem(source.get().toUri());
      return fileSystem instanceof PathsCopyingFileSystem
              && fileSystem.canCopyPaths(source.get(), targetOf(download))
          ? Optional.of(fileSystem)
          : Optional.empty();
    } catch (IOException e) {
      throw download.failed(e);
    }
  }

  /**
   * Copies all; the number of bytes is the result.
   *
   * @throws IOException naming the snapshot and the files if the file system fails, or the file
   *     that has not the length that the snapshot recorded; then none of the files is there
   */
  @Override
  public Long copy(CloseableRegistry registry) throws IOException {
    boolean complete = false;
    try {
      List<CopyRequest> requests = new ArrayList<>();
      for (FileDownload file : files) {
        requests.add(CopyRequest.of(file.path().orElseThrow(), targetOf(file), file.length()));
      }
      copy(requests, registry);
      long bytes = 0;
      for (FileDownload file : files) {
        bytes += arrived(file);
      }
      complete = true;
      return bytes;
    } finally {
      if (!complete) {
        deleteAll();
      }
    }
  }

  private void copy(List<CopyRequest> requests, CloseableRegistry registry) throws IOException {
    try {
      fileSystem.copyFiles(requests, registry);
    } catch (IOException e) {
      throw new IOException(
          "Could not download "
              + files.size()
              + " files by the copies of "
              + fileSystem.getUri()
              + ", among them "
              + files.get(0).description()
              + ": "
              + e
              + ". If files are gone or damaged, restore from another checkpoint or savepoint.",
          e);
    }
  }

  /** The file system's word is not enough: that a file came whole is for us to see. */
  private static long arrived(FileDownload file) throws IOException {
    long bytes;
    try {
      bytes = Files.size(file.target());
    } catch (IOException e) {
      throw file.failed(e);
    }
    return file.checked(bytes);
  }

  private void deleteAll() throws IOException {
    for (FileDownload file : files) {
      Files.deleteIfExists(file.target());
    }
  }

  private static Path targetOf(FileDownload file) {
    return new Path(file.target().toUri());
  }
}
