package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.hot.Cellar.Place;
import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranges of keys that are removed at once, below a tier, beside a plain map. */
@Timeout(60)
class ClearingsTest {

  private static final int MAPS = 16;
  private static final int ENTRIES = 16;

  private final Cellar cellar = new Cellar();
  private final Map<StoredBytes, Object> model = new HashMap<>();
  private final HotTier tier = new HotTier(new Budget(64 << 20).share(), cellar.writer(1));
  private final HotTable table = tier.table("maps");

  /** As many as are remembered, and so many more that their numbers come round. */
  @Test
  void whatIsPutAfterAClearingIsThereAndNothingElse() throws InterruptedException {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    try {
      Random random = new Random(seed);
      int clearings = 0;
      while (clearings < 150_000) {
        int choice = random.nextInt(100);
        StoredBytes key = new StoredBytes(bytes(random.nextInt(MAPS), random.nextInt(ENTRIES)));
        if (choice < 40) {
          put(key, random.nextInt());
        } else if (choice < 60) {
          assertThat(read(key)).isEqualTo(model.get(key));
        } else if (choice < 62) {
          table.writeDown();
        } else {
          // Some of them lie in others.
          clear(choice < 64 ? Arrays.copyOf(key.bytes(), 1) : key.bytes(), random.nextInt(8));
          clearings++;
        }
      }
      assertThat(table.counters().hits()).isGreaterThan(1_000);
      tier.writeAll();
      Map<StoredBytes, Object> below = new HashMap<>();
      cellar.contents().forEach((place, value) -> below.put((StoredBytes) place.key(), value));
      assertThat(below).isEqualTo(model);
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  /** Else it is taken for one of after the clearing that has its number when that comes again. */
  @Test
  void anEntryThatNobodyHasFoundForLongIsNotThere() throws InterruptedException {
    for (int entry = 0; entry < ENTRIES; entry++) {
      put(new StoredBytes(bytes(1, entry)), entry);
    }
    StoredBytes other = new StoredBytes(bytes(2, 1));
    put(other, 7);
    clear(bytes(1), 0);
    int round = 1 << Short.SIZE;
    for (int clearing = 1; clearing < round + ENTRIES / 2; clearing++) {
      clear(bytes(3), 0);
      // Each of them once, for it is seen by that.
      int entry = clearing - round + ENTRIES / 2;
      if (entry >= 0) {
        assertThat(read(new StoredBytes(bytes(1, entry)))).as("entry %s", entry).isNull();
      }
    }
    assertThat(read(other)).isEqualTo(7);
  }

  @Test
  void changesOfWhatIsRemovedAreNeverWritten() throws InterruptedException {
    put(new StoredBytes(bytes(2, 1)), 1);
    for (int round = 0; round < 10; round++) {
      for (int entry = 0; entry < ENTRIES; entry++) {
        put(new StoredBytes(bytes(1, entry)), entry);
      }
      // Nothing of it is below.
      assertThat(table.ranges().writeOthers(Bounds.ofPrefix(bytes(1)), 0, ENTRIES)).isTrue();
      table.ranges().forget(Bounds.ofPrefix(bytes(1)), 0);
    }
    tier.writeAll();

    assertThat(cellar.writes()).isOne();
    assertThat(table.counters().entries()).isEqualTo(ENTRIES + 1);
    assertThat(read(new StoredBytes(bytes(1, 1)))).isNull();
    assertThat(read(new StoredBytes(bytes(2, 1)))).isEqualTo(1);
  }

  @Test
  void changesStayIfThoseBesideThemCannotBeWritten() throws InterruptedException {
    put(new StoredBytes(bytes(1, 1)), 11);
    put(new StoredBytes(bytes(2, 1)), 21);
    cellar.fail(1);
    assertThatThrownBy(() -> table.ranges().writeOthers(Bounds.ofPrefix(bytes(1)), 0, 1))
        .isInstanceOf(Cellar.DiskFullException.class);
    cellar.fail(0);
    tier.writeAll();

    assertThat(cellar.contents().values()).containsExactlyInAnyOrder(11, 21);
  }

  /** The removal below may fail, and the user go on. */
  @Test
  void changesOfARangeStayUntilItIsRemoved() throws InterruptedException {
    put(new StoredBytes(bytes(1, 1)), 11);
    put(new StoredBytes(bytes(2, 1)), 21);

    assertThat(table.ranges().writeOthers(Bounds.ofPrefix(bytes(1)), 0, 3)).isFalse();
    assertThat(cellar.contents()).isEmpty();
    assertThat(table.ranges().writeOthers(Bounds.ofPrefix(bytes(1)), 0, 2)).isTrue();

    assertThat(cellar.contents().values()).containsExactly(21);
    assertThat(table.ranges().changed(Bounds.ofPrefix(bytes(1)), 0))
        .containsExactly(new StoredBytes(bytes(1, 1)));
    assertThat(read(new StoredBytes(bytes(1, 1)))).isEqualTo(11);
    tier.writeAll();
    assertThat(cellar.contents().values()).containsExactlyInAnyOrder(11, 21);
  }

  @Test
  void aClearingBesideChangesIsRefused() throws InterruptedException {
    put(new StoredBytes(bytes(1, 1)), 8);
    put(new StoredBytes(bytes(2, 1)), 9);

    assertThatThrownBy(() -> table.ranges().forget(Bounds.ofPrefix(bytes(2)), 0))
        .hasMessageContaining("'maps'");

    tier.writeAll();
    assertThat(cellar.contents().values()).containsExactlyInAnyOrder(8, 9);
  }

  /** As the state does. */
  private void clear(byte[] prefix, int many) throws InterruptedException {
    Bounds range = Bounds.ofPrefix(prefix);
    if (!table.ranges().writeOthers(range, 0, many)) {
      table.writeDown();
    }
    cellar.removeIf(place -> range.contain(((StoredBytes) place.key()).bytes()));
    table.ranges().forget(range, 0);
    model.keySet().removeIf(key -> range.contain(key.bytes()));
  }

  private void put(StoredBytes key, int value) {
    table.put(key, null, 0, key.heapBytes(), value, Integer.BYTES);
    model.put(key, value);
  }

  private @Nullable Object read(StoredBytes key) {
    Object stored = table.get(key, null);
    if (stored == null) {
      Object found = cellar.get(new Place("maps", key, null));
      stored = found == null ? HotTable.ABSENT : found;
      table.offer(key, null, 0, key.heapBytes(), stored, Integer.BYTES, table.version());
    }
    return stored == HotTable.ABSENT ? null : stored;
  }

  private static byte[] bytes(int... bytes) {
    byte[] key = new byte[bytes.length];
    for (int position = 0; position < bytes.length; position++) {
      key[position] = (byte) bytes[position];
    }
    return key;
  }
}
