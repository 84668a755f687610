package io.basalt.statebackend.transfer;

import java.io.IOException;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Brings a small file of a snapshot into memory, whole. */
public final class BytesDownload implements Transfers.Transfer<byte[]> {

  private final FileRead<byte[]> read;

  /**
   * A download that has not begun.
   *
   * @param source where the file is
   * @param origin names the snapshot in errors
   */
  public BytesDownload(StreamStateHandle source, String origin) {
    // The array grows as the bytes arrive, whatever length a damaged handle speaks of.
    long most = Math.min(Integer.MAX_VALUE, Math.max(0, source.getStateSize()) + 1);
    read = new FileRead<>(source, origin, input -> input.readNBytes((int) most));
  }

  /**
   * Reads; the bytes are the result, one more than the snapshot recorded if there are more. Whether
   * they are what they should be is for the reader of their format to say.
   *
   * @throws IOException naming the file and the snapshot if the file is missing or cannot be read
   */
  @Override
  public byte[] copy(CloseableRegistry registry) throws IOException {
    return read.copy(registry);
  }
}
