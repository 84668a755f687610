package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a stream into a new local file, or leaves no file. */
final class StreamCopy {

  /**
   * Large, because a read of a remote file system may be a request of its own; not larger, because
   * every thread of a transfer has one.
   */
  private static final int BUFFER_BYTES = 256 * 1024;

  private StreamCopy() {}

  /**
   * Copies to the end of the stream. The caller closes the stream; closing it from another thread
   * ends the copy.
   *
   * @param target must not exist
   * @return how many bytes there were
   */
  static long toNewFile(InputStream source, Path target) throws IOException {
    boolean complete = false;
    try (OutputStream output = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long bytes = 0;
      for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
        output.write(buffer, 0, read);
        bytes += read;
      }
      complete = true;
      return bytes;
    } finally {
      if (!complete) {
        Files.deleteIfExists(target);
      }
    }
  }
}
