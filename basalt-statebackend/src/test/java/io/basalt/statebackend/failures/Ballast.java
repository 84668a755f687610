package io.basalt.statebackend.failures;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that leaves little room on its disk, until it is closed. */
final class Ballast implements AutoCloseable {

  private static final int BLOCK_BYTES = 64 * 1024;

  private final Path file;

  private Ballast(Path file) {
    this.file = file;
  }

  /** Leaves so many bytes, or a little less: a disk gives whole pages. */
  static Ballast leaving(long bytes, Path directory) throws IOException {
    Ballast ballast = new Ballast(directory.resolve("ballast"));
    long wanted = Math.max(0, room(directory) - bytes);
    try (OutputStream output = Files.newOutputStream(ballast.file)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (long rest = wanted; rest > 0; rest -= BLOCK_BYTES) {
        output.write(block, 0, (int) Math.min(BLOCK_BYTES, rest));
      }
    }
    return ballast;
  }

  /** How many bytes the disk has for us. */
  static long room(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    Files.delete(file);
  }
}
