package io.basalt.statebackend.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinkTest {

  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir Path temporary;
  private final CloseableRegistry registry = new CloseableRegistry();

  @Test
  void whatIsNeverWrittenAgainIsLinked() throws IOException {
    Path source = Files.write(temporary.resolve("1.sst"), CONTENT);
    Path target = temporary.resolve("linked.sst");

    assertThat(new FileLink(source, target, true).copy(registry)).isEqualTo(3);

    assertThat(Files.isSameFile(source, target)).isTrue();
  }

  @Test
  void whatMayBeWrittenIsCopied() throws IOException {
    Path source = Files.write(temporary.resolve("MANIFEST-1"), CONTENT);
    Path target = temporary.resolve("copied");

    assertThat(new FileLink(source, target, false).copy(registry)).isEqualTo(3);

    assertThat(Files.isSameFile(source, target)).isFalse();
    assertThat(target).hasBinaryContent(CONTENT);
    assertThat(registry.getNumberOfRegisteredCloseables()).isZero();
  }

  @Test
  void linksAndSmallCopiesAreMadeAtOnceAndOthersAreLeft() throws IOException {
    Path shareable = Files.write(temporary.resolve("1.sst"), CONTENT);
    Path small = Files.write(temporary.resolve("CURRENT"), CONTENT);
    Path large = Files.write(temporary.resolve("MANIFEST-1"), new byte[2 << 20]);
    Path target = Files.createDirectory(temporary.resolve("target"));
    FileLink copy = new FileLink(large, target.resolve("MANIFEST-1"), false);

    assertThat(
            FileLink.makeQuickOnes(
                List.of(
                    new FileLink(shareable, target.resolve("1.sst"), true),
                    copy,
                    new FileLink(small, target.resolve("CURRENT"), false)),
                registry))
        .containsExactly(copy);

    assertThat(Files.isSameFile(shareable, target.resolve("1.sst"))).isTrue();
    assertThat(Files.isSameFile(small, target.resolve("CURRENT"))).isFalse();
    assertThat(target.resolve("CURRENT")).hasBinaryContent(CONTENT);
    assertThat(target.resolve("MANIFEST-1")).doesNotExist();
  }

  @Test
  void aClosedRegistryEndsCopiesThatAreMadeAtOnce() throws IOException {
    Path small = Files.write(temporary.resolve("CURRENT"), CONTENT);
    registry.close();

    assertThatThrownBy(
            () ->
                FileLink.makeQuickOnes(
                    List.of(new FileLink(small, temporary.resolve("copy"), false)), registry))
        .isInstanceOf(IOException.class);

    assertThat(temporary.resolve("copy")).doesNotExist();
  }

  @Test
  void anotherVolumeGetsACopy() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeThat(Files.isWritable(memory)).isTrue();
    assumeThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(temporary));
    Path other = Files.createTempDirectory(memory, "basalt");
    try {
      Path source = Files.write(temporary.resolve("1.sst"), CONTENT);
      Path target = other.resolve("1.sst");

      assertThat(new FileLink(source, target, true).copy(registry)).isEqualTo(3);

      assertThat(target).hasBinaryContent(CONTENT);
    } finally {
      FileUtils.deleteDirectory(other.toFile());
    }
  }

  @Test
  void aMissingFileIsAnError() {
    Path target = temporary.resolve("target");

    for (boolean shareable : new boolean[] {true, false}) {
      assertThatThrownBy(
              () -> new FileLink(temporary.resolve("none"), target, shareable).copy(registry))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("none");
      assertThat(target).doesNotExist();
    }
  }

  @Test
  void aCancelledCopyLeavesNoFile() throws IOException {
    Path source = Files.write(temporary.resolve("MANIFEST-1"), CONTENT);
    Path target = temporary.resolve("copied");
    registry.close();

    assertThatThrownBy(() -> new FileLink(source, target, false).copy(registry))
        .isInstanceOf(IOException.class);
    assertThat(target).doesNotExist();
  }
}
