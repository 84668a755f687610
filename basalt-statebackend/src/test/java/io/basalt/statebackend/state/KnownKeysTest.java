package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.StoredBytes;
import org.junit.jupiter.api.Test;

/** What is known of a map are its keys, which may be much larger than its entries. */
class KnownKeysTest {

  private static final int LARGE = 10_000;

  @Test
  void eachKeyIsCountedForWhatItTakes() {
    KnownKeys keys = KnownKeys.of(key(0, 1));
    for (int key = 1; key <= 5; key++) {
      assertThat(keys.add(key(key, LARGE))).isTrue();
      assertThat(keys.heapBytes()).isBetween(key * LARGE, key * LARGE + 1_000);
    }
    keys.remove(key(3, LARGE));
    assertThat(keys.heapBytes()).isBetween(4 * LARGE, 4 * LARGE + 1_000);
    keys.remove(key(3, LARGE));
    assertThat(keys.add(key(2, LARGE))).isTrue();
    assertThat(keys.heapBytes()).isBetween(4 * LARGE, 4 * LARGE + 1_000);
    assertThat(keys.toArray())
        .containsExactly(key(0, 1), key(1, LARGE), key(2, LARGE), key(4, LARGE), key(5, LARGE));
  }

  @Test
  void thoseThatTakeTooMuchAreNotKept() {
    assertThat(KnownKeys.of(key(1, LARGE), key(2, 6 * LARGE)).areTooLarge()).isTrue();
    KnownKeys keys = KnownKeys.of(key(1, LARGE));
    assertThat(keys.areTooLarge()).isFalse();
    assertThat(keys.add(key(2, 6 * LARGE))).isFalse();
  }

  private static StoredBytes key(int first, int length) {
    byte[] bytes = new byte[length];
    bytes[0] = (byte) first;
    return new StoredBytes(bytes);
  }
}
