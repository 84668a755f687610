package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a table file that RocksDB wrote every byte is under a checksum, but for the padding. */
class TableFileCheckTest {

  /** The version of the format and the magic number, behind the padding. */
  private static final int LAST_FIELDS = 12;

  private static final int FOOTER = 53;

  @TempDir Path temporary;

  @Test
  void everyFlippedByteIsFound() throws IOException {
    NativeLibrary.load(temporary);
    Path snapshot = temporary.resolve("snapshot");
    try (Database database = Database.create(temporary.resolve("database"), specification())) {
      Table table = database.createTable("table", AccessPattern.KEYS_AND_RANGES);
      for (byte key = 0; key < 100; key++) {
        table.put(new byte[] {key}, new byte[] {key, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        table.merge(new byte[] {key, 1}, new byte[] {key});
        table.merge(new byte[] {key, 1}, new byte[] {key});
      }
      table.delete(new byte[] {7});
      table.deleteRange(new byte[] {30}, new byte[] {40});
      database.linkFiles(snapshot);
    }
    List<Path> files = tableFiles(snapshot);
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      byte[] whole = Files.readAllBytes(file);
      TableFileCheck.verify(file);
      List<Integer> missed = new ArrayList<>();
      for (int position = 0; position < whole.length; position++) {
        byte[] damaged = whole.clone();
        damaged[position] ^= (byte) (1 << position % 8);
        Files.write(file, damaged);
        if (!isRefused(file)) {
          missed.add(position);
        }
      }
      assertThat(missed)
          .as("of %s bytes", whole.length)
          .allMatch(at -> at > whole.length - FOOTER && at < whole.length - LAST_FIELDS)
          .allMatch(at -> whole[at] == 0);
    }
  }

  private static boolean isRefused(Path file) {
    try {
      TableFileCheck.verify(file);
      return false;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(file.toString());
      return true;
    }
  }

  private static List<Path> tableFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".sst")).toList();
    }
  }

  private static DatabaseSpecification specification() {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
  }
}
