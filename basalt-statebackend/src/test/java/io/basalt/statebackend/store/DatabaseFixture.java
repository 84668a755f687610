package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Directories for the databases of a test, after which no native object may be left open. */
abstract class DatabaseFixture {

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private int directories;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  /** A directory that is not there yet. */
  final Path newDirectory() {
    return temporary.resolve("database-" + directories++);
  }

  /** Writes what is in memory to files, as a checkpoint does. */
  final void flush(Database database) throws IOException {
    database.linkFiles(newDirectory());
  }

  /** Waits for what a thread of RocksDB's or the database's does; the test's timeout ends it. */
  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("waited in vain").isFalse();
      Thread.onSpinWait();
    }
  }

  /** Two numbers, in their order. */
  static byte[] key(int map, int entry) {
    return ByteBuffer.allocate(8).putInt(map).putInt(entry).array();
  }
}
