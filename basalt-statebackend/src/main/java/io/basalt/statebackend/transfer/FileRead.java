package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * Reads a file of a snapshot as it comes, into whatever is made of it.
 *
 * @param <T> what is made of it
 */
public final class FileRead<T> implements Transfers.Transfer<T> {

  private final StreamStateHandle source;
  private final String origin;
  private final Reader<T> reader;

  /** Makes something of a stream, which is opened and closed by others. Called on any thread. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(InputStream input) throws IOException;
  }

  /**
   * A read that has not begun.
   *
   * @param source where the file is
   * @param origin names the snapshot in errors
   * @param reader throws an {@link IOException} only if the stream cannot be read
   */
  public FileRead(StreamStateHandle source, String origin, Reader<T> reader) {
    this.source = source;
    this.origin = origin;
    this.reader = reader;
  }

  /**
   * Reads; what the reader made of it is the result.
   *
   * @throws IOException naming the file and the snapshot if the file is missing or cannot be read
   */
  @Override
  public T copy(CloseableRegistry registry) throws IOException {
    try {
      InputStream input = source.openInputStream();
      try {
        registry.registerCloseable(input);
        return reader.read(input);
      } finally {
        if (registry.unregisterCloseable(input)) {
          input.close();
        }
      }
    } catch (IOException e) {
      throw SnapshotFile.of(source, origin).failed("read", e);
    }
  }
}
