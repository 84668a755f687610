package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.BackendSettings;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads come late to tables that have been dropped, and whose handle is freed. */
@Timeout(60)
class DroppedTableTest extends DatabaseFixture {

  private static final int MAPS = 5;
  private static final int ENTRIES = 2_000;

  @Test
  void nothingOfItIsAskedOfRocksDb() throws IOException, InterruptedException {
    try (Database database = open()) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(table);
      flush(database);
      ColumnFamilyTable dropped = ColumnFamilyTable.of(table);
      // Too few for the files to be rewritten while the table is there.
      table.deleteRange(key(0, 0), key(1, 0));
      flush(database);
      await(() -> dropped.rangeDeletions().coveredBytes() > 64 << 10);
      assertThat(dropped.rangeDeletions().inFiles()).isEqualTo(1);
      assertThat(ClearedFiles.isMostlyCleared(dropped)).isFalse();

      database.dropTable(table);

      new ClearedFiles(database, () -> false).lookAt(dropped);
      await(() -> dropped.rangeDeletions().coveredBytes() == 0);
      assertThat(dropped.rangeDeletions().inFiles()).isZero();
      assertThat(dropped.files()).isEmpty();
    }
  }

  private static void fill(Table table) {
    Random random = new Random(1);
    byte[] value = new byte[100];
    for (int map = 0; map < MAPS; map++) {
      for (int entry = 0; entry < ENTRIES; entry++) {
        random.nextBytes(value);
        table.put(key(map, entry), value);
      }
    }
  }

  private Database open() throws IOException {
    return Database.create(
        newDirectory(),
        new DatabaseSpecification(
            BackendSettings.defaults()
                .configured(new Configuration(), getClass().getClassLoader())
                .database(),
            null,
            null,
            List.of(),
            0,
            () -> 0L));
  }
}
