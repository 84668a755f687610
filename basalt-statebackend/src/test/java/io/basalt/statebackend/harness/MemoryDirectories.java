package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Directories for tests in memory where there is room for it. Tests open hundreds of databases with
 * many tables each, and on a disk they do little else than wait for RocksDB's fsync of each new
 * file. JUnit's directories are among them, see junit-platform.properties; those of the packages
 * whose matter files themselves are stay on the disk.
 */
public final class MemoryDirectories implements TempDirFactory {

  private static final long ENOUGH_BYTES = 1L << 30;

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String ROOT = "io.basalt.statebackend.";
  private static final Set<String> ON_DISK =
      Set.of(ROOT + "store", ROOT + "transfer", ROOT + "snapshot");

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    return ON_DISK.contains(test.getRequiredTestClass().getPackageName())
        ? Files.createTempDirectory("junit")
        : create();
  }

  /** A new one. */
  static Path create() throws IOException {
    // Whoever has put the temporary directory there clears it even if this process is killed.
    return !Path.of(System.getProperty("java.io.tmpdir")).startsWith(MEMORY)
            && Files.isWritable(MEMORY)
            && Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH_BYTES
        ? Files.createTempDirectory(MEMORY, "basalt")
        : Files.createTempDirectory("basalt");
  }
}
