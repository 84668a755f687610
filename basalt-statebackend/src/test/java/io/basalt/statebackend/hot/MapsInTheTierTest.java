package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.layout.Bounds;
import org.junit.jupiter.api.Test;

/** Values of the tier that are maps, and what may be done with them when. */
class MapsInTheTierTest {

  private static final Object NAMESPACE = "namespace";
  private static final int KEY_BYTES = 8;

  private final Cellar cellar = new Cellar();
  private final HotTier tier = new HotTier(new Budget(64 << 20).share(), cellar.writer(1));
  private final HotTable table = tier.table("maps");
  private final HotMaps maps = table.maps();

  @Test
  void oneThatIsBeingWrittenIsChangedByACopy() throws InterruptedException {
    maps.add(1L, NAMESPACE, 0, KEY_BYTES, "first", 5);
    assertPhase(HotMaps.Phase.OPEN);
    Epoch epoch = tier.close(() -> {});
    assertPhase(HotMaps.Phase.CLOSED);
    maps.change(KEY_BYTES, "second", 6);
    assertPhase(HotMaps.Phase.OPEN);
    epoch.finish();
    assertThat(cellar.contents().values()).containsExactly("first");
    tier.writeAll();
    assertPhase(HotMaps.Phase.SETTLED);
    assertThat(cellar.contents().values()).containsExactly("second");
  }

  /** Who reads below what has not been written yet reads something older. */
  @Test
  void oneThatIsBeingWrittenStaysThoughItHasNoChanges() throws InterruptedException {
    maps.add(1L, NAMESPACE, 0, KEY_BYTES, "first", 5);
    Epoch epoch = tier.close(() -> {});
    maps.find(1L, NAMESPACE);
    maps.change(KEY_BYTES, "second", 6);
    maps.find(1L, NAMESPACE);
    maps.hasNoChanges();
    assertPhase(HotMaps.Phase.OPEN);
    epoch.finish();
    maps.find(1L, NAMESPACE);
    maps.hasNoChanges();
    assertPhase(HotMaps.Phase.SETTLED);
    assertThat(table.hasChanges()).isFalse();
  }

  @Test
  void ofAFailedWriteAPartMayBeBelow() {
    maps.add(1L, NAMESPACE, 0, KEY_BYTES, "first", 5);
    maps.find(1L, NAMESPACE);
    assertThat(maps.mayBeHalfWritten()).isFalse();
    cellar.writeThenFail();
    assertThatThrownBy(table::writeDown).isInstanceOf(Cellar.DiskFullException.class);
    maps.find(1L, NAMESPACE);
    assertThat(maps.mayBeHalfWritten()).isTrue();
    maps.change(KEY_BYTES, "first", 5);
    maps.find(1L, NAMESPACE);
    assertThat(maps.mayBeHalfWritten()).isTrue();
  }

  @Test
  void anEntryForItselfIsForgottenOnceItIsBelow() throws InterruptedException {
    StoredBytes key = new StoredBytes(new byte[] {1, 2});
    assertThat(maps.hasOthers()).isFalse();
    assertThat(maps.forgetOther(key)).isTrue();
    table.put(key, null, 0, key.heapBytes(), "other", 5);
    assertThat(maps.hasOthers()).isTrue();
    assertThat(maps.forgetOther(key)).isFalse();
    assertThat(table.get(key, null)).isEqualTo("other");
    table.writeDown();
    assertThat(maps.forgetOther(key)).isTrue();
    assertThat(table.get(key, null)).isNull();
    assertThat(maps.hasOthers()).isFalse();
  }

  /** Whoever removes a range deals with the maps in it. */
  @Test
  void aMapIsOfNoRange() throws InterruptedException {
    StoredBytes key = new StoredBytes(new byte[] {1});
    maps.add(key, NAMESPACE, 0, KEY_BYTES, "first", 5);
    table.ranges().writeOthers(Bounds.ofPrefix(new byte[] {1}), 0, 1);
    assertThat(cellar.contents().values()).containsExactly("first");
    table.ranges().forget(Bounds.ofPrefix(new byte[] {1}), 0);
    assertThat(maps.find(key, NAMESPACE)).isEqualTo("first");
  }

  private void assertPhase(HotMaps.Phase phase) {
    assertThat(maps.find(1L, NAMESPACE)).isNotNull();
    assertThat(maps.phase()).isEqualTo(phase);
  }
}
