package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/**
 * Files for a table, written in the order of their keys and without a memtable: as many as it
 * takes, each about as long as it was asked for. One thread; whoever opened it closes it.
 */
public final class SortedFiles implements AutoCloseable {

  /** RocksDB says how long a file is only after a call: not for each entry. */
  private static final int ENTRIES_BETWEEN_LOOKS = 1_024;

  /** RocksDB copies an array twice. Not for long ones: Flink allows little direct memory. */
  private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(4 << 10);

  private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(64 << 10);

  private final NativeOwner owner = new NativeOwner();
  private final TableIdentity table;
  private final Path directory;
  private final String name;
  private final long fileBytes;
  private final EnvOptions environment;
  private final Options options;
  private final List<Path> files = new ArrayList<>();
  private @Nullable SstFileWriter writer;
  private int entries;

  SortedFiles(
      TableIdentity table,
      Path directory,
      String name,
      DBOptions databaseOptions,
      ColumnFamilyOptions tableOptions,
      long fileBytes) {
    this.table = table;
    this.directory = directory;
    this.name = name;
    this.fileBytes = fileBytes;
    this.environment = owner.own(new EnvOptions());
    this.options = owner.own(new Options(databaseOptions, tableOptions));
  }

  /**
   * Adds an entry.
   *
   * @param key greater than all before, bytes unsigned
   * @param value of which the first bytes are the value
   */
  public void put(EntryBytes key, byte[] value, int valueBytes) throws IOException {
    put(key, value, 0, valueBytes);
  }

  /** Adds an entry as it was read. */
  public void put(EntryBytes key, EntryBytes value) throws IOException {
    put(key, value.array(), value.offset(), value.length());
  }

  private void put(EntryBytes key, byte[] value, int offset, int valueBytes) throws IOException {
    try {
      SstFileWriter current = writer == null ? begin() : writer;
      if (key.length() <= keyBuffer.capacity() && valueBytes <= valueBuffer.capacity()) {
        keyBuffer.clear().put(key.array(), key.offset(), key.length()).flip();
        valueBuffer.clear().put(value, offset, valueBytes).flip();
        current.put(keyBuffer, valueBuffer);
      } else {
        current.put(key.copy(), Arrays.copyOfRange(value, offset, offset + valueBytes));
      }
      if (++entries % ENTRIES_BETWEEN_LOOKS == 0 && current.fileSize() >= fileBytes) {
        end(current);
      }
    } catch (RocksDBException e) {
      throw failure(e);
    }
  }

  /** Ends the last file. */
  public void finish() throws IOException {
    try {
      if (writer != null) {
        end(writer);
      }
    } catch (RocksDBException e) {
      throw failure(e);
    }
  }

  /** All files that were ended, in order. */
  List<Path> files() {
    return files;
  }

  private SstFileWriter begin() throws RocksDBException {
    SstFileWriter begun = new SstFileWriter(environment, options);
    NativeCount.opened(Kind.FILE_WRITER);
    writer = begun;
    Path file = directory.resolve(name + "-" + files.size() + ".sst");
    begun.open(file.toString());
    files.add(file);
    return begun;
  }

  private void end(SstFileWriter current) throws RocksDBException {
    current.finish();
    closeWriter(current);
  }

  private void closeWriter(SstFileWriter current) {
    writer = null;
    current.close();
    NativeCount.closed(Kind.FILE_WRITER);
  }

  private IOException failure(RocksDBException cause) {
    return new IOException(table.failure("write files of", cause).getMessage(), cause);
  }

  @Override
  public void close() {
    if (writer != null) {
      closeWriter(writer);
    }
    owner.close();
  }
}
