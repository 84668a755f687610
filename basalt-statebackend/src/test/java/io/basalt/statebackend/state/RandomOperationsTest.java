package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long random sequences of operations on states of every kind, against plain maps. Keys and
 * namespaces of fixed and of variable length give all four forms of entry keys.
 */
class RandomOperationsTest {

  private static final int OPERATIONS = 6_000;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void count() {
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void keysAndNamespacesOfFixedLength() throws Exception {
    run(IntSerializer.INSTANCE, i -> i - 3, LongSerializer.INSTANCE, i -> i * 255L, 10);
  }

  @Test
  void keysOfVariableLength() throws Exception {
    run(
        StringSerializer.INSTANCE,
        RandomOperationsTest::name,
        IntSerializer.INSTANCE,
        i -> -i,
        200);
  }

  @Test
  void namespacesOfVariableLength() throws Exception {
    run(IntSerializer.INSTANCE, i -> i, StringSerializer.INSTANCE, RandomOperationsTest::name, 128);
  }

  @Test
  void keysAndNamespacesOfVariableLength() throws Exception {
    run(
        StringSerializer.INSTANCE,
        RandomOperationsTest::name,
        StringSerializer.INSTANCE,
        RandomOperationsTest::name,
        1000);
  }

  private <K, N> void run(
      TypeSerializer<K> keySerializer,
      IntFunction<K> keys,
      TypeSerializer<N> namespaceSerializer,
      IntFunction<N> namespaces,
      int keyGroups)
      throws Exception {
    long seed = new Random().nextLong();
    try (StateBench<K> bench = new StateBench<>(temporary, keySerializer, keyGroups)) {
      RandomOperations<K, N> sequence =
          new RandomOperations<>(bench, keys, namespaceSerializer, namespaces, new Random(seed));
      for (int i = 0; i < OPERATIONS; i++) {
        sequence.step();
      }
      sequence.checkKeys();
      bench.restore();
      sequence.register();
      sequence.checkKeys();
      for (int i = 0; i < OPERATIONS / 4; i++) {
        sequence.step();
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("Failed with the seed " + seed, e);
    }
  }

  private static String name(int i) {
    return "ab\u0000\uffff".repeat(i % 3) + (char) i;
  }
}
