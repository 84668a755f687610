package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** Reads a whole table file (SST) and holds every block against its checksum. */
public final class TableFileCheck {

  private TableFileCheck() {}

  /**
   * Reads the file once; any thread, also while a database is open on it.
   *
   * @throws IOException naming the file, if a block is damaged or it is no table file
   */
  public static void verify(Path file) throws IOException {
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      reader.verifyChecksum();
    } catch (RocksDBException e) {
      throw new IOException("The file " + file + " is damaged: " + e.getMessage(), e);
    }
  }
}
