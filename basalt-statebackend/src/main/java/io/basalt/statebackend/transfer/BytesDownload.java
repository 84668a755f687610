package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Brings a small file of a snapshot into memory, whole. */
public final class BytesDownload implements Transfers.Transfer<byte[]> {

  private final StreamStateHandle source;
  private final String origin;

  /**
   * A download that has not begun.
   *
   * @param source where the file is
   * @param origin names the snapshot in errors
   */
  public BytesDownload(StreamStateHandle source, String origin) {
    this.source = source;
    this.origin = origin;
  }

  /**
   * Reads; the bytes are the result, one more than the snapshot recorded if there are more. Whether
   * they are what they should be is for the reader of their format to say.
   *
   * @throws IOException naming the file and the snapshot if the file is missing or cannot be read
   */
  @Override
  public byte[] copy(CloseableRegistry registry) throws IOException {
    try {
      InputStream input = source.openInputStream();
      try {
        registry.registerCloseable(input);
        // The array grows as the bytes arrive, whatever length a damaged handle speaks of.
        long most = Math.max(0, source.getStateSize()) + 1;
        return input.readNBytes((int) Math.min(Integer.MAX_VALUE, most));
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
