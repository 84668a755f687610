package io.basalt.benchmarks.recovery;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that nobody uses, made ready for whoever writes files next.
 *
 * <p>The host of a virtual machine takes back what has been free for a while, and gives it again
 * page by page to whoever touches it: to write a gigabyte into the page cache took 1.1 to 2.1
 * seconds of CPU time then, and 0.24 where files of as much had just been deleted (measured). It
 * made the same copies of the same process take two times or four times as long.
 */
final class FreeMemory {

  private static final Path FILES_IN_MEMORY = Path.of("/dev/shm");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final int BLOCK_BYTES = 1 << 20;

  private FreeMemory() {}

  /** Has so much of it used once, but not what files in the page cache would have to leave. */
  static void touch(long bytes) throws IOException {
    if (!Files.isWritable(FILES_IN_MEMORY) || !Files.isReadable(MEMORY)) {
      // Not Linux.
      return;
    }
    // In a container it may be small, and full at once.
    long room = Files.getFileStore(FILES_IN_MEMORY).getUsableSpace();
    long most = Math.min(bytes, Math.min(free(), room) / 2);
    Path file = Files.createTempFile(FILES_IN_MEMORY, "basalt-benchmarks", null);
    try (OutputStream output = Files.newOutputStream(file)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (long written = 0; written < most; written += BLOCK_BYTES) {
        output.write(block);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static long free() throws IOException {
    for (String line : Files.readAllLines(MEMORY)) {
      if (line.startsWith("MemFree:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }
}
