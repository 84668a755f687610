package io.basalt.statebackend.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileUploadsTest {

  @TempDir Path temporary;
  private Path local;
  private Path exclusive;
  private Path shared;
  private CheckpointStreamFactory storage;
  private final CloseableRegistry cancellation = new CloseableRegistry();

  @BeforeEach
  void createDirectories() throws IOException {
    local = Files.createDirectory(temporary.resolve("local"));
    exclusive = Files.createDirectory(temporary.resolve("exclusive"));
    shared = Files.createDirectory(temporary.resolve("shared"));
    storage =
        new FsCheckpointStreamFactory(
            LocalFileSystem.getSharedInstance(),
            new org.apache.flink.core.fs.Path(exclusive.toUri()),
            new org.apache.flink.core.fs.Path(shared.toUri()),
            0,
            4096);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void filesArriveWholeInOrderAndInTheirScope(int threads) throws Exception {
    Random random = new Random(42);
    List<FileUpload> uploads = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    long expectedBytes = 0;
    for (int size : new int[] {0, 1, 128 * 1024, 128 * 1024 + 1, 1_000_000, 17}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      Path file = Files.write(local.resolve("file" + size), content);
      uploads.add(
          new FileUpload(
              file,
              size % 2 == 0 ? CheckpointedStateScope.SHARED : CheckpointedStateScope.EXCLUSIVE));
      contents.add(content);
      expectedBytes += size;
    }
    FileUploads fileUploads = new FileUploads(new Transfers(threads));
    List<UploadedFile> uploaded = fileUploads.upload(uploads, storage, cancellation);

    assertThat(uploaded)
        .extracting(UploadedFile::file)
        .isEqualTo(uploads.stream().map(FileUpload::file).toList());
    for (int i = 0; i < contents.size(); i++) {
      try (InputStream input = uploaded.get(i).handle().openInputStream()) {
        assertThat(input.readAllBytes()).isEqualTo(contents.get(i));
      }
      assertThat(uploaded.get(i).handle().getStateSize()).isEqualTo(contents.get(i).length);
    }
    assertThat(fileUploads.bytes()).isEqualTo(expectedBytes);
    assertThat(files(shared)).hasSize(2);
    assertThat(files(exclusive)).hasSize(3);
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aFileThatIsMissingIsNamedAndTheOthersAreDeletedAgain(int threads) throws Exception {
    List<FileUpload> uploads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path file = local.resolve("file" + i);
      if (i != 6) {
        Files.write(file, new byte[100_000]);
      }
      uploads.add(new FileUpload(file, CheckpointedStateScope.SHARED));
    }
    FileUploads fileUploads = new FileUploads(new Transfers(threads));
    assertThatThrownBy(() -> fileUploads.upload(uploads, storage, cancellation))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(local.resolve("file6").toString());
    assertThat(files(shared)).isEmpty();
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
  }

  @Test
  void nothingArrivesOnceCancelled() throws Exception {
    Path file = Files.write(local.resolve("file"), new byte[100]);
    cancellation.close();
    FileUploads fileUploads = new FileUploads(new Transfers(1));
    List<FileUpload> uploads = List.of(new FileUpload(file, CheckpointedStateScope.EXCLUSIVE));
    assertThatThrownBy(() -> fileUploads.upload(uploads, storage, cancellation))
        .isInstanceOfAny(IOException.class, CancellationException.class);
    assertThat(files(exclusive)).isEmpty();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.toList();
    }
  }
}
