package io.basalt.statebackend.transfer;

import io.basalt.statebackend.transfer.Transfers.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.util.IOUtils;

/**
 * Copies local files to checkpoint storage, several at once: all of them or, as far as anybody can
 * see afterwards, none.
 *
 * <p>Thread-safe; the bytes are counted over the lifetime of the object.
 */
public final class FileUploads {

  /** Large enough that checkpoint streams pass it on without copying it into buffers of theirs. */
  private static final int BUFFER_BYTES = 128 * 1024;

  private final Transfers transfers;
  private final LongAdder bytes = new LongAdder();

  public FileUploads(Transfers transfers) {
    this.transfers = transfers;
  }

  /**
   * Copies the files and waits until all have arrived. Called on a snapshot's thread.
   *
   * @param cancellation its closing ends the copies within moments
   * @return the copies in the order of the uploads; they are the caller's to deliver or to discard
   * @throws Exception the first failure, naming the file; what had arrived before is deleted again
   */
  public List<UploadedFile> upload(
      List<FileUpload> uploads, CheckpointStreamFactory destination, CloseableRegistry cancellation)
      throws Exception {
    List<Transfer<UploadedFile>> copies = new ArrayList<>(uploads.size());
    for (FileUpload upload : uploads) {
      copies.add(new Copy(upload, destination));
    }
    return transfers.run(copies, cancellation);
  }

  /** How many bytes have been read from local files and handed to checkpoint storage so far. */
  public long bytes() {
    return bytes.sum();
  }

  /** One file on its way. */
  private final class Copy implements Transfer<UploadedFile> {

    private final FileUpload upload;
    private final CheckpointStreamFactory destination;

    Copy(FileUpload upload, CheckpointStreamFactory destination) {
      this.upload = upload;
      this.destination = destination;
    }

    @Override
    public UploadedFile copy(CloseableRegistry registry) throws IOException {
      try (InputStream input = Files.newInputStream(upload.file())) {
        CheckpointStateOutputStream output =
            destination.createCheckpointStateOutputStream(upload.scope());
        StreamStateHandle handle = null;
        try {
          registry.registerCloseable(output);
          copy(input, output);
          // From here on the stream closes for good; a registry that closes it, too, would delete
          // it.
          if (!registry.unregisterCloseable(output)) {
            throw new IOException("The upload was cancelled.");
          }
          handle = output.closeAndGetHandle();
          if (handle == null) {
            // Flink's streams give no handle for a stream without bytes. An empty file must come
            // back as an empty file, so it travels in the checkpoint's meta data.
            handle = new ByteStreamStateHandle(UUID.randomUUID().toString(), new byte[0]);
          }
          return new UploadedFile(upload.file(), handle);
        } finally {
          if (handle == null) {
            registry.unregisterCloseable(output);
            IOUtils.closeQuietly(output);
          }
        }
      } catch (IOException e) {
        throw new IOException(
            "Could not upload " + upload.file() + " to checkpoint storage: " + e.getMessage(), e);
      }
    }

    @Override
    public void discard(UploadedFile uploaded) {
      Disposal.discard(List.of(uploaded.handle()));
    }

    private void copy(InputStream input, CheckpointStateOutputStream output) throws IOException {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
        output.write(buffer, 0, read);
        bytes.add(read);
      }
    }
  }
}
