package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;

/** The bytes of a batch of writes are those that RocksDB makes of the same writes. */
class BatchBytesTest {

  private static final int WRITES = 2_000;

  @TempDir Path temporary;

  @Test
  void theBytesAreThoseOfRocksDb() throws Exception {
    NativeLibrary.load(temporary);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Options options = new Options().setCreateIfMissing(true);
        RocksDB database = RocksDB.open(options, temporary.resolve("db").toString());
        ColumnFamilyHandle first = create(database, 1);
        ColumnFamilyHandle second = create(database, 2);
        ColumnFamilyHandle own = database.getDefaultColumnFamily();
        WriteBatch batch = new WriteBatch()) {
      List<ColumnFamilyHandle> tables = List.of(own, first, second);
      BatchBytes bytes = new BatchBytes();
      assertThat(bytes.toArray()).isEqualTo(batch.data());
      for (int write = 0; write < WRITES; write++) {
        ColumnFamilyHandle table = tables.get(random.nextInt(tables.size()));
        byte[] key = randomBytes(random);
        byte[] value = randomBytes(random);
        switch (random.nextInt(3)) {
          case 0 -> {
            batch.put(table, key, value);
            bytes.put(table.getID(), key, value);
          }
          case 1 -> {
            batch.merge(table, key, value);
            bytes.merge(table.getID(), key, value);
          }
          default -> {
            batch.delete(table, key);
            bytes.delete(table.getID(), key);
          }
        }
      }
      assertThat(bytes.toArray()).as("seed %d", seed).isEqualTo(batch.data());
      bytes.clear();
      batch.clear();
      assertThat(bytes.toArray()).isEqualTo(batch.data());
    }
  }

  /** A job that has had so many states would have them. */
  @Test
  void aLargeNumberOfATableTakesTwoBytes() {
    BatchBytes bytes = new BatchBytes();
    bytes.delete(300, new byte[] {9});
    assertThat(bytes.toArray())
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0xAC, 0x02, 1, 9);
  }

  private static ColumnFamilyHandle create(RocksDB database, int number) throws Exception {
    return database.createColumnFamily(new ColumnFamilyDescriptor(new byte[] {(byte) number}));
  }

  /** Lengths of one byte and of more. */
  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 20_000 : 200)];
    random.nextBytes(bytes);
    return bytes;
  }
}
