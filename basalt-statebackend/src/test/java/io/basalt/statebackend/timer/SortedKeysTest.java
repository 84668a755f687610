package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random changes of sorted keys and of a sorted map. */
class SortedKeysTest {

  private static final int STEPS = 40_000;

  private static final byte[] PREFIX = {1, 2};

  private final TreeMap<byte[], Byte> model = new TreeMap<>(Arrays::compareUnsigned);
  private final SortedKeys keys = new SortedKeys(PREFIX.length);
  private final Random random = new Random();

  @Test
  void keysAndMarksAreThoseOfAMap() {
    long seed = random.nextLong();
    random.setSeed(seed);
    for (int step = 0; step < STEPS; step++) {
      // Now more and more of them, now fewer.
      int dice = random.nextInt(step % 2_000 < 1_000 ? 120 : 180);
      if (dice < 100) {
        add(randomKey());
      } else if (dice < 150 && !model.isEmpty()) {
        // The first, as with timers that fire, or any.
        remove(random.nextBoolean() ? model.firstKey() : randomKey());
      } else if (step % 1_999 == 0) {
        model.clear();
        keys.clear();
      }
      assertThat(keys.size()).isEqualTo(model.size());
      assertThat(keys.isEmpty()).isEqualTo(model.isEmpty());
      if (step % 100 == 0) {
        assertAllAreThere(seed);
      }
    }
  }

  private void add(byte[] key) {
    byte mark = (byte) random.nextInt(4);
    int place = keys.find(key);
    assertThat(place >= 0).isEqualTo(model.put(key, mark) != null);
    if (place < 0) {
      keys.insert(-1 - place, key, mark);
    } else {
      keys.mark(place, mark);
    }
  }

  private void remove(byte[] key) {
    int place = keys.find(key);
    assertThat(place >= 0).isEqualTo(model.remove(key) != null);
    if (place >= 0) {
      keys.remove(place);
    }
  }

  private void assertAllAreThere(long seed) {
    Iterator<Map.Entry<byte[], Byte>> expected = model.entrySet().iterator();
    for (int place = 0; place < keys.size(); place++) {
      Map.Entry<byte[], Byte> entry = expected.next();
      assertThat(keys.key(place)).as("seed %d", seed).isEqualTo(entry.getKey());
      assertThat(keys.mark(place)).as("seed %d", seed).isEqualTo(entry.getValue());
    }
  }

  /** Of lengths that fit into a number and that do not, many of which differ late or in length. */
  private byte[] randomKey() {
    byte[] key = new byte[PREFIX.length + random.nextInt(12)];
    System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
    for (int position = PREFIX.length; position < key.length; position++) {
      key[position] = (byte) (random.nextInt(8) == 0 ? -random.nextInt(3) : 0);
    }
    return key;
  }
}
