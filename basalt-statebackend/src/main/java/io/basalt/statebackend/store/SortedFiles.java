package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
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

  /** RocksDB says how long a file is only after a call: not for each entry, unless it is large. */
  private static final int ENTRIES_BETWEEN_LOOKS = 1_024;

  private static final int BYTES_BETWEEN_LOOKS = 1 << 20;

  /**
   * RocksDB syncs a file that has ended, and its thread waits for the disk: less if the disk has
   * had most of it before.
   */
  private static final long BYTES_BETWEEN_SYNCS = 1 << 20;

  private final EntryBuffers buffers;
  private final NativeOwner owner = new NativeOwner();
  private final TableIdentity table;
  private final Path directory;
  private final String name;
  private final long fileBytes;
  private final EnvOptions environment;
  private final Options options;
  private final Consumer<Path> ended;
  private final List<Path> files = new ArrayList<>();
  private @Nullable SstFileWriter writer;
  private int entriesSinceLook;
  private long bytesSinceLook;

  /**
   * Files in a directory.
   *
   * @param ended told of each file that is complete, on the thread that wrote it
   */
  SortedFiles(
      TableIdentity table,
      Path directory,
      String name,
      EntryBuffers buffers,
      DBOptions databaseOptions,
      ColumnFamilyOptions tableOptions,
      long fileBytes,
      Consumer<Path> ended) {
    this.table = table;
    this.directory = directory;
    this.name = name;
    this.buffers = buffers;
    this.fileBytes = fileBytes;
    this.ended = ended;
    this.environment = owner.own(new EnvOptions().setBytesPerSync(BYTES_BETWEEN_SYNCS));
    this.options = owner.own(new Options(databaseOptions, tableOptions));
  }

  /**
   * Adds an entry.
   *
   * @param key greater than all before, bytes unsigned
   * @param value of which the first bytes are the value
   */
  public void put(EntryBytes key, byte[] value, int valueBytes) throws IOException {
    put(key.array(), key.offset(), key.length(), value, 0, valueBytes);
  }

  /** Adds an entry as it was read. */
  public void put(EntryBytes key, EntryBytes value) throws IOException {
    put(key.array(), key.offset(), key.length(), value.array(), value.offset(), value.length());
  }

  /** Adds an entry of these bytes. */
  public void put(byte[] key, byte[] value) throws IOException {
    put(key, 0, key.length, value, 0, value.length);
  }

  private void put(
      byte[] key, int keyOffset, int keyBytes, byte[] value, int valueOffset, int valueBytes)
      throws IOException {
    try {
      SstFileWriter current = writer == null ? begin() : writer;
      if (buffers.fit(keyBytes, valueBytes)) {
        current.put(
            buffers.key(key, keyOffset, keyBytes), buffers.value(value, valueOffset, valueBytes));
      } else {
        current.put(
            Arrays.copyOfRange(key, keyOffset, keyOffset + keyBytes),
            Arrays.copyOfRange(value, valueOffset, valueOffset + valueBytes));
      }
      bytesSinceLook += keyBytes + valueBytes;
      if (++entriesSinceLook >= ENTRIES_BETWEEN_LOOKS || bytesSinceLook >= BYTES_BETWEEN_LOOKS) {
        entriesSinceLook = 0;
        bytesSinceLook = 0;
        if (current.fileSize() >= fileBytes) {
          end(current);
        }
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
    ended.accept(files.get(files.size() - 1));
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
