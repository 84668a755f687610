package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory the system could give without swapping, files' pages that nobody has open
 * included: Linux's own estimate, and what the process's control group (version 2) leaves of it.
 */
final class AvailableMemory {

  private static final long BYTES_OF_KIB = 1024;

  private final Path kernel;
  private final Path groups;

  /**
   * As the kernel tells it.
   *
   * @param kernel the directory that is {@code /proc}
   * @param groups the directory that is {@code /sys/fs/cgroup}
   */
  AvailableMemory(Path kernel, Path groups) {
    this.kernel = kernel;
    this.groups = groups;
  }

  static AvailableMemory ofThisSystem() {
    return new AvailableMemory(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** The bytes; 0 where the system does not tell. */
  long bytes() {
    try {
      long ofSystem = number(Files.readAllLines(kernel.resolve("meminfo")), "MemAvailable:");
      return Math.max(0, Math.min(ofSystem * BYTES_OF_KIB, leftOfGroup()));
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  /** In a container its own group is at the root; the groups above it are not looked at. */
  private long leftOfGroup() throws IOException {
    for (String line : Files.readAllLines(kernel.resolve("self/cgroup"))) {
      if (line.startsWith("0::/")) {
        Path group = groups.resolve(line.substring("0::/".length()));
        if (Files.exists(group.resolve("memory.max"))) {
          return left(group);
        }
      }
    }
    return Long.MAX_VALUE;
  }

  private static long left(Path group) throws IOException {
    String most = Files.readString(group.resolve("memory.max")).trim();
    if (most.equals("max")) {
      return Long.MAX_VALUE;
    }
    List<String> parts = Files.readAllLines(group.resolve("memory.stat"));
    return Long.parseLong(most)
        - Long.parseLong(Files.readString(group.resolve("memory.current")).trim())
        + number(parts, "inactive_file")
        + number(parts, "active_file");
  }

  /** Of the line that begins with the name. */
  private static long number(List<String> lines, String name) throws IOException {
    for (String line : lines) {
      String[] words = line.trim().split("\\s+", 3);
      if (words.length > 1 && words[0].equals(name)) {
        return Long.parseLong(words[1]);
      }
    }
    throw new IOException("There is no " + name);
  }
}
