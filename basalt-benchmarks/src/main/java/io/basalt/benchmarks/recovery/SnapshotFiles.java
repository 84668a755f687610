package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.util.FileUtils;

/**
 * The files that handles refer to. Copying or linking them is the floor: whoever restores from them
 * cannot do with less. Small files that live inside the metadata are none.
 */
record SnapshotFiles(List<Path> files) {

  static SnapshotFiles of(Collection<KeyedStateHandle> handles) throws IOException {
    List<Path> files = handles.stream().flatMap(SnapshotFiles::files).distinct().toList();
    if (files.isEmpty()) {
      throw new IOException("There are no files in " + handles);
    }
    return new SnapshotFiles(files);
  }

  private static Stream<Path> files(KeyedStateHandle handle) {
    if (handle instanceof IncrementalRemoteKeyedStateHandle incremental) {
      return Stream.concat(
              Stream.concat(
                      incremental.getSharedState().stream(), incremental.getPrivateState().stream())
                  .map(HandleAndLocalPath::getHandle),
              Stream.of(incremental.getMetaDataStateHandle()))
          .flatMap(SnapshotFiles::file);
    }
    if (handle instanceof KeyGroupsStateHandle keyGroups) {
      return file(keyGroups.getDelegateStateHandle());
    }
    if (handle instanceof IncrementalLocalKeyedStateHandle local) {
      return list(local.getDirectoryStateHandle().getDirectory());
    }
    throw new IllegalArgumentException("Unknown kind of handle: " + handle);
  }

  private static Stream<Path> file(StreamStateHandle handle) {
    return handle.maybeGetPath().map(path -> Path.of(path.getPath())).stream();
  }

  private static Stream<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /** Reads them all, so that the page cache holds them. */
  void read() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(buffer.clear()) >= 0) {
          // What was read is of no use.
        }
      }
    }
  }

  /** What copying takes. The directory is deleted afterwards. */
  Usage copy(Path directory) throws IOException, InterruptedException {
    return each(
        directory,
        (file, target) -> {
          try (FileChannel from = FileChannel.open(file);
              FileChannel to =
                  FileChannel.open(
                      target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = from.size();
            long done = 0;
            while (done < size) {
              done += from.transferTo(done, size - done, to);
            }
          }
        });
  }

  /** What linking takes. The directory is deleted afterwards. */
  Usage link(Path directory) throws IOException, InterruptedException {
    return each(directory, (file, target) -> Files.createLink(target, file));
  }

  private Usage each(Path directory, Transfer transfer) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    try {
      Writeback.await();
      FreeMemory.touch(bytes());
      Usage before = Usage.now();
      int number = 0;
      for (Path file : files) {
        transfer.transfer(file, directory.resolve(Integer.toString(number++)));
      }
      return Usage.now().since(before);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  @FunctionalInterface
  private interface Transfer {
    void transfer(Path file, Path target) throws IOException;
  }
}
