package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.CloseableRegistry;

/**
 * Makes a local file appear in another directory: by a hard link where the file system can, else
 * (another volume, FLINK-25468) by a copy.
 */
public final class FileLink implements Transfers.Transfer<Long> {

  private static final long QUICKLY_COPIED_BYTES = 1 << 20;

  private final Path source;
  private final Path target;
  private final boolean shareable;

  /**
   * A link that has not been made.
   *
   * @param target must not exist yet; its directory must
   * @param shareable whether the file is never written again, as an SST. Any other file is copied:
   *     two names of one file would both see a write through either
   */
  public FileLink(Path source, Path target, boolean shareable) {
    this.source = source;
    this.target = target;
    this.shareable = shareable;
  }

  /**
   * Makes those that take no time: links, and copies of a few kilobytes, both on a local disk. To
   * start threads for them would take longer.
   *
   * @param registry its closing ends a copy
   * @return those that are left to be made, if any
   */
  public static List<FileLink> makeQuickOnes(List<FileLink> all, CloseableRegistry registry)
      throws IOException {
    List<FileLink> left = new ArrayList<>();
    for (FileLink one : all) {
      if (one.shareable && one.link()) {
        continue;
      }
      if (Files.size(one.source) > QUICKLY_COPIED_BYTES) {
        left.add(one);
      } else {
        one.copy(registry);
      }
    }
    return left;
  }

  /** Links or copies; the length of the file is the result. */
  @Override
  public Long copy(CloseableRegistry registry) throws IOException {
    if (shareable && link()) {
      return Files.size(target);
    }
    InputStream input = Files.newInputStream(source);
    try {
      registry.registerCloseable(input);
      return StreamCopy.toNewFile(input, target);
    } finally {
      if (registry.unregisterCloseable(input)) {
        input.close();
      }
    }
  }

  private boolean link() throws IOException {
    try {
      Files.createLink(target, source);
      return true;
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return false;
    }
  }
}
