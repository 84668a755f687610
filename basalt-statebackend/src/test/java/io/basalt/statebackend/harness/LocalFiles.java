package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What lies below a directory. */
public final class LocalFiles {

  private static final String LIBRARY = "rocksdb-lib-";

  private LocalFiles() {}

  /**
   * Files and directories, except the native library: unpacked by the first backend, it stays for
   * the process.
   */
  static List<Path> left(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> !file.equals(directory))
          .filter(file -> !directory.relativize(file).toString().startsWith(LIBRARY))
          .toList();
    }
  }

  /** Without those that somebody deletes meanwhile, as a cluster may. */
  public static List<Path> regularFiles(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure == null || failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return files;
  }

  /** Files that have a name elsewhere, too; none where the file system does not tell. */
  static List<Path> linkedFromOutside(Path directory) throws IOException {
    List<Path> linked = new ArrayList<>();
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return linked;
    }
    Map<Object, Integer> names = new HashMap<>();
    Map<Path, Object> inodes = new LinkedHashMap<>();
    for (Path file : regularFiles(directory)) {
      Object inode = attribute(file, "unix:ino");
      if (inode != null) {
        names.merge(inode, 1, Integer::sum);
        inodes.put(file, inode);
      }
    }
    for (Map.Entry<Path, Object> file : inodes.entrySet()) {
      Object links = attribute(file.getKey(), "unix:nlink");
      if (links != null && (int) links > names.get(file.getValue())) {
        linked.add(file.getKey());
      }
    }
    return linked;
  }

  /** Null if the file has been deleted. */
  private static @Nullable Object attribute(Path file, String name) throws IOException {
    try {
      return Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
