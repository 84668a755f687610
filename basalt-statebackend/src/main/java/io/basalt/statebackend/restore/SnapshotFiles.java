package io.basalt.statebackend.restore;

import io.basalt.statebackend.transfer.FileDownload;
import io.basalt.statebackend.transfer.FileLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.DirectoryStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.jspecify.annotations.Nullable;

/** The files of a RocksDB database in a snapshot, and how to bring them into a directory. */
final class SnapshotFiles {

  private static final String SST_SUFFIX = ".sst";

  private SnapshotFiles() {}

  /** A download for each file of a remote snapshot. */
  static List<FileDownload> downloads(SnapshotHandle snapshot, Path directory) {
    List<FileDownload> downloads = new ArrayList<>();
    for (HandleAndLocalPath file : remoteFiles(snapshot)) {
      Path target = directory.resolve(file.getLocalPath()).normalize();
      if (!directory.equals(target.getParent())) {
        throw new IllegalStateException(
            "A file of " + snapshot.name() + " has an impossible name: " + file.getLocalPath());
      }
      downloads.add(
          new FileDownload(
              file.getHandle(), target, snapshot.name(), file.getLocalPath().endsWith(SST_SUFFIX)));
    }
    return downloads;
  }

  /**
   * A download for some files of a remote snapshot.
   *
   * @param names what they are to be called, by their own names
   * @throws IOException if the snapshot does not have one of them
   */
  static List<FileDownload> downloads(
      SnapshotHandle snapshot, Path directory, Map<String, String> names) throws IOException {
    Map<String, FileDownload> downloads = new HashMap<>();
    for (HandleAndLocalPath file : remoteFiles(snapshot)) {
      String name = names.get(file.getLocalPath());
      if (name != null) {
        downloads.put(
            file.getLocalPath(),
            new FileDownload(file.getHandle(), directory.resolve(name), snapshot.name(), true));
      }
    }
    checkComplete(names, downloads, snapshot);
    return List.copyOf(downloads.values());
  }

  /** The first file of that name, or null. */
  static @Nullable StreamStateHandle find(SnapshotHandle snapshot, Predicate<String> name)
      throws IOException {
    if (snapshot.handle() instanceof IncrementalLocalKeyedStateHandle local) {
      Map<String, Path> files = list(local.getDirectoryStateHandle().getDirectory(), snapshot);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        if (name.test(file.getKey())) {
          return new FileStateHandle(
              new org.apache.flink.core.fs.Path(file.getValue().toUri()),
              Files.size(file.getValue()));
        }
      }
      return null;
    }
    for (HandleAndLocalPath file : remoteFiles(snapshot)) {
      if (name.test(file.getLocalPath())) {
        return file.getHandle();
      }
    }
    return null;
  }

  /**
   * Which file in checkpoint storage each of a remote snapshot is, by name; none of a local one.
   */
  static Map<String, Object> identities(SnapshotHandle snapshot) {
    Map<String, Object> identities = new HashMap<>();
    if (snapshot.handle() instanceof IncrementalRemoteKeyedStateHandle) {
      for (HandleAndLocalPath file : remoteFiles(snapshot)) {
        identities.put(file.getLocalPath(), file.getHandle().getStreamStateHandleID());
      }
    }
    return identities;
  }

  private static List<HandleAndLocalPath> remoteFiles(SnapshotHandle snapshot) {
    IncrementalRemoteKeyedStateHandle remote =
        (IncrementalRemoteKeyedStateHandle) snapshot.handle();
    List<HandleAndLocalPath> files = new ArrayList<>(remote.getSharedState());
    files.addAll(remote.getPrivateState());
    return files;
  }

  private static void checkComplete(
      Map<String, String> names, Map<String, ?> found, SnapshotHandle snapshot) throws IOException {
    for (String name : names.keySet()) {
      if (!found.containsKey(name)) {
        throw new IOException(
            "There is no file "
                + name
                + " in "
                + snapshot.name()
                + ", but its manifest lists it: restore from another checkpoint or savepoint.");
      }
    }
  }

  /**
   * A link for each file of a local snapshot.
   *
   * @throws IOException if files are missing or cut short, as far as the handle can tell: it knows
   *     the length of each SST and of all files together
   */
  static List<FileLink> links(SnapshotHandle snapshot, Path directory) throws IOException {
    IncrementalLocalKeyedStateHandle local = (IncrementalLocalKeyedStateHandle) snapshot.handle();
    Map<String, Path> sources = list(local.getDirectoryStateHandle().getDirectory(), snapshot);
    checkLengths(local, sources, snapshot);
    List<FileLink> links = new ArrayList<>();
    sources.forEach(
        (name, source) ->
            links.add(new FileLink(source, directory.resolve(name), name.endsWith(SST_SUFFIX))));
    return links;
  }

  /**
   * A link for some table files of a local snapshot, all of whose files are looked at.
   *
   * @param names what they are to be called, by their own names
   * @throws IOException as the other does, or if the snapshot does not have one of them
   */
  static List<FileLink> links(SnapshotHandle snapshot, Path directory, Map<String, String> names)
      throws IOException {
    IncrementalLocalKeyedStateHandle local = (IncrementalLocalKeyedStateHandle) snapshot.handle();
    Map<String, Path> sources = list(local.getDirectoryStateHandle().getDirectory(), snapshot);
    checkLengths(local, sources, snapshot);
    checkComplete(names, sources, snapshot);
    List<FileLink> links = new ArrayList<>();
    sources.forEach(
        (own, source) -> {
          String name = names.get(own);
          if (name != null) {
            links.add(new FileLink(source, directory.resolve(name), true));
          }
        });
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
