package io.basalt.statebackend.restore;

import io.basalt.statebackend.transfer.FileDownload;
import io.basalt.statebackend.transfer.FileLink;
import io.basalt.statebackend.transfer.Transfers.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.DirectoryStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;

/** The files of a RocksDB database in a snapshot, and how to bring them into a directory. */
final class SnapshotFiles {

  private static final String SST_SUFFIX = ".sst";

  private SnapshotFiles() {}

  /** A download for each file of a remote snapshot. */
  static List<FileDownload> downloads(SnapshotHandle snapshot, Path directory) {
    IncrementalRemoteKeyedStateHandle remote =
        (IncrementalRemoteKeyedStateHandle) snapshot.handle();
    List<FileDownload> downloads = new ArrayList<>();
    for (List<HandleAndLocalPath> files :
        List.of(remote.getSharedState(), remote.getPrivateState())) {
      for (HandleAndLocalPath file : files) {
        Path target = directory.resolve(file.getLocalPath()).normalize();
        if (!directory.equals(target.getParent())) {
          throw new IllegalStateException(
              "A file of " + snapshot.name() + " has an impossible name: " + file.getLocalPath());
        }
        downloads.add(new FileDownload(file.getHandle(), target, snapshot.name()));
      }
    }
    return downloads;
  }

  /**
   * A link for each file of a local snapshot.
   *
   * @throws IOException if files are missing or cut short, as far as the handle can tell: it knows
   *     the length of each SST and of all files together
   */
  static List<Transfer<Long>> links(SnapshotHandle snapshot, Path directory) throws IOException {
    IncrementalLocalKeyedStateHandle local = (IncrementalLocalKeyedStateHandle) snapshot.handle();
    Map<String, Path> sources = list(local.getDirectoryStateHandle().getDirectory(), snapshot);
    checkLengths(local, sources, snapshot);
    List<Transfer<Long>> links = new ArrayList<>();
    sources.forEach(
        (name, source) ->
            links.add(new FileLink(source, directory.resolve(name), name.endsWith(SST_SUFFIX))));
    return links;
  }

  private static Map<String, Path> list(Path directory, SnapshotHandle snapshot)
      throws IOException {
    Map<String, Path> files = new HashMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path file : (Iterable<Path>) entries::iterator) {
        files.put(file.getFileName().toString(), file);
      }
    } catch (NoSuchFileException e) {
      throw new IOException("The local copy of " + snapshot.name() + " does not exist.", e);
    }
    return files;
  }

  private static void checkLengths(
      IncrementalLocalKeyedStateHandle local, Map<String, Path> sources, SnapshotHandle snapshot)
      throws IOException {
    for (HandleAndLocalPath shared : local.getSharedStateHandles()) {
      Path source = sources.get(shared.getLocalPath());
      if (source == null) {
        throw new IOException(
            "The local copy of " + snapshot.name() + " has no file " + shared.getLocalPath() + ".");
      }
      checkLength(source.toString(), Files.size(source), shared.getStateSize(), snapshot);
    }
    DirectoryStateHandle directory = local.getDirectoryStateHandle();
    // 0 says that the length could not be determined when the copy was made.
    if (directory.getStateSize() > 0) {
      long bytes = 0;
      for (Path source : sources.values()) {
        bytes += Files.size(source);
      }
      checkLength(
          "all files in " + directory.getDirectory(), bytes, directory.getStateSize(), snapshot);
    }
  }

  private static void checkLength(String what, long bytes, long expected, SnapshotHandle snapshot)
      throws IOException {
    if (bytes != expected) {
      throw new IOException(
          "The local copy of "
              + snapshot.name()
              + " is damaged: the length of "
              + what
              + " is "
              + bytes
              + " bytes, but "
              + expected
              + " bytes were written.");
    }
  }
}
