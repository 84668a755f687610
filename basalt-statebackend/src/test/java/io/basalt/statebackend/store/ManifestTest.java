package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifest of a database that RocksDB wrote is accepted as it is, and in no other way. */
class ManifestTest {

  /** Enough for more than one block of 32 KB, with records that go over its end. */
  private static final int TABLES = 50;

  private static final int BLOCK = 32 * 1024;
  private static final int NAME_LENGTH = 800;

  @TempDir Path temporary;

  private Path snapshot;
  private Path manifest;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    NativeLibrary.load(temporary);
    snapshot = temporary.resolve("snapshot");
    try (Database database = Database.create(temporary.resolve("database"), specification())) {
      for (int i = 0; i < TABLES; i++) {
        Table table =
            database.createTable("n".repeat(NAME_LENGTH) + i, AccessPattern.KEYS_AND_RANGES);
        table.put(new byte[] {1}, new byte[] {2});
      }
      database.linkFiles(snapshot);
    }
    manifest = snapshot.resolve(Files.readString(snapshot.resolve("CURRENT")).strip());
    whole = Files.readAllBytes(manifest);
    assertThat(whole.length).isGreaterThan(BLOCK);
  }

  @Test
  void isAcceptedAsItIs() {
    assertThatCode(() -> Manifest.verify(snapshot)).doesNotThrowAnyException();
  }

  /** A file that gets the next number would take the place of one that is there. */
  @Test
  void aNumberThatIsTakenIsNotTheNext() throws IOException {
    assertThat(read(manifestOfFile(7, 8))).isPresent();
    assertThat(read(manifestOfFile(7, 7))).isEmpty();
  }

  private Optional<FileList> read(byte[] content) throws IOException {
    return FileList.read(manifest, new ByteArrayInputStream(content), content.length);
  }

  private static byte[] manifestOfFile(int number, int next) {
    byte[] internalKey = new byte[9];
    internalKey[1] = 1;
    byte[] epoch = new ManifestOutput().number(1).toByteArray();
    return Manifest.of(
        List.of(
            new ManifestOutput()
                .number(ManifestTags.NEXT_FILE_NUMBER)
                .number(next)
                .number(ManifestTags.NEW_FILE)
                .number(1)
                .number(number)
                .number(100)
                .array(internalKey)
                .array(internalKey)
                .number(1)
                .number(1)
                .number(ManifestTags.EPOCH)
                .array(epoch)
                .number(ManifestTags.END_OF_FILE)
                .toByteArray()));
  }

  @Test
  void everyFlippedByteIsFound() throws IOException {
    Random random = new Random(whole.length);
    for (int position : positions()) {
      byte[] damaged = whole.clone();
      damaged[position] ^= (byte) (1 << random.nextInt(8));
      Files.write(manifest, damaged);
      assertThatThrownBy(() -> Manifest.verify(snapshot))
          .as("byte %s of %s", position, whole.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(manifest.toString());
    }
  }

  /** RocksDB takes such a record for one that was being written when the process ended. */
  @Test
  void aLastRecordThatIsCutIsFound() throws IOException {
    for (int missing = 1; missing < 12; missing++) {
      Files.write(manifest, Arrays.copyOf(whole, whole.length - missing));
      assertThatThrownBy(() -> Manifest.verify(snapshot))
          .as("%s of %s bytes are missing", missing, whole.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(manifest.toString());
    }
    Files.write(manifest, new byte[0]);
    assertThatThrownBy(() -> Manifest.verify(snapshot)).hasMessageContaining(manifest.toString());
  }

  /** With such a length a record seems to be cut short; RocksDB then opens an older state. */
  @Test
  void aDatabaseIsNotOpenedWithoutTheEndOfItsManifest() throws IOException {
    Path small = temporary.resolve("small");
    try (Database database = Database.create(temporary.resolve("source"), specification())) {
      Table table = database.createTable("table", AccessPattern.KEYS_AND_RANGES);
      for (byte key = 0; key < 3; key++) {
        table.put(new byte[] {key}, new byte[] {key});
        database.linkFiles(small.resolveSibling("small-" + key));
      }
      database.linkFiles(small);
    }
    Path file = small.resolve(Files.readString(small.resolve("CURRENT")).strip());
    byte[] records = Files.readAllBytes(file);
    int damages = 0;
    for (int start = 0; start < records.length; start += 7 + records[start + 4]) {
      byte[] damaged = records.clone();
      damaged[start + 5] |= 0x40;
      Files.write(file, damaged);
      assertThatThrownBy(
              () ->
                  Database.openFiles(
                      small, specification(), Map.of("table", AccessPattern.KEYS_AND_RANGES)))
          .as("record at %s of %s bytes", start, records.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("the record at byte " + start);
      damages++;
    }
    assertThat(damages).isGreaterThan(3);
  }

  @Test
  void aPointerToNoManifestIsNamed() throws IOException {
    Path current = snapshot.resolve("CURRENT");
    Files.writeString(current, "MANIFEST-00000");
    assertThatThrownBy(() -> Manifest.verify(snapshot)).hasMessageContaining(current.toString());
    Files.writeString(current, "MANIFEST-999999\n");
    assertThatThrownBy(() -> Manifest.verify(snapshot)).hasMessageContaining("MANIFEST-999999");
  }

  /** All at the start, at the end and around the edge of a block, and some of the others. */
  private List<Integer> positions() {
    return IntStream.range(0, whole.length)
        .filter(at -> at < 500 || at > whole.length - 500 || at % 13 == 0 || isAtEdge(at))
        .boxed()
        .toList();
  }

  private static boolean isAtEdge(int position) {
    return Math.abs(position - BLOCK) < 500;
  }

  private static DatabaseSpecification specification() {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
  }
}
