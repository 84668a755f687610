package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.hot.Budget;
import io.basalt.statebackend.hot.ChangeWriter;
import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.HotTier;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is noted of maps, while that pays and when it does no more. */
class HotMapKeysTest {

  private static final int MAPS = 5_000;

  /** So many walks in vain that they are not noted any more. */
  private static final int IN_VAIN = 20_000;

  @TempDir Path temporary;

  /** Nothing is ever changed here. */
  private static final class NoChanges implements ChangeWriter {
    @Override
    public void begin() {}

    @Override
    public void beginEpoch() {}

    @Override
    public EntryWriter of(HotTable table) {
      throw new AssertionError(table.name());
    }

    @Override
    public void commit() {}

    @Override
    public void discard() {}
  }

  @Test
  void whatWasNotedBeforeItDidNotPayHoldsNoMoreAndGoesBitByBit() throws Exception {
    NativeLibrary.load(temporary);
    DatabaseSpecification specification =
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
    try (Database database = Database.create(temporary.resolve("database"), specification);
        HotTier tier = new HotTier(new Budget(64 << 20).share(), new NoChanges())) {
      Table table = database.createTable("maps", AccessPattern.KEYS);
      HotEntries entries =
          new HotEntries(tier.table("maps"), table, KeyGroupPrefix.forKeyGroups(128), null);
      HotMapKeys known = new HotMapKeys(tier.tableOfNotes("maps"), entries, null);
      assertThat(known.keepsWalks()).isTrue();
      for (int map = 0; map < MAPS; map++) {
        known.offerEmpty(prefix(map));
      }
      assertThat(known.isEmpty(prefix(1))).isTrue();
      for (int walk = 0; walk < IN_VAIN; walk++) {
        known.hasCost();
      }
      long before = tier.usedBytes();
      assertThat(known.keepsWalks()).isFalse();
      assertThat(tier.usedBytes()).as("dropped at once").isEqualTo(before);

      // Maps are changed now, and nobody notes it.
      assertThat(known.isUsed()).isFalse();
      for (int walk = 0; walk < 10 * IN_VAIN && !known.isUsed(); walk++) {
        known.keepsWalks();
      }
      assertThat(known.isUsed()).isTrue();
      for (int map = 0; map < MAPS; map++) {
        byte[] prefix = prefix(map);
        if (map % 3 == 0) {
          assertThat(known.isEmpty(prefix)).isNull();
        } else if (map % 3 == 1) {
          assertThat(known.of(prefix)).isNull();
        } else {
          known.adding(prefix, prefix(MAPS + map), new byte[1]);
        }
      }
      assertThat(tier.usedBytes()).as("those that were met have gone").isZero();

      known.offerEmpty(prefix(1));
      assertThat(known.isEmpty(prefix(1))).isTrue();
    }
  }

  private static byte[] prefix(int map) {
    return ByteBuffer.allocate(5).put((byte) 1).putInt(map).array();
  }
}
