package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this process has open, as far as the operating system tells. */
final class OpenFiles {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenFiles() {}

  /** The open files below the directory, deleted ones too; none where nobody can tell. */
  static List<String> below(Path directory) throws IOException {
    List<String> open = new ArrayList<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return open;
    }
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        String file = fileOf(descriptor);
        if (file.startsWith(directory + "/")) {
          open.add(file);
        }
      }
    }
    return open;
  }

  private static String fileOf(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      // The descriptor of a file that was closed meanwhile.
      return "";
    }
  }
}
