package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What lies below a directory. */
final class LocalFiles {

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

  static List<Path> regularFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Files that have a name elsewhere, too; none where the file system does not tell. */
  static List<Path> linkedFromOutside(Path directory) throws IOException {
    List<Path> linked = new ArrayList<>();
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return linked;
    }
    Map<Object, Integer> names = new HashMap<>();
    List<Path> files = regularFiles(directory);
    for (Path file : files) {
      names.merge(attribute(file, "unix:ino"), 1, Integer::sum);
    }
    for (Path file : files) {
      int known = names.get(attribute(file, "unix:ino"));
      if ((int) attribute(file, "unix:nlink") > known) {
        linked.add(file);
      }
    }
    return linked;
  }

  private static Object attribute(Path file, String name) throws IOException {
    return Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS);
  }
}
