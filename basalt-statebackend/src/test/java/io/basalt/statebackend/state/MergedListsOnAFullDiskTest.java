package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.FailingWrites;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of windows that are merged while nothing can be written. */
@Timeout(120)
class MergedListsOnAFullDiskTest {

  private static final ListStateDescriptor<String> LIST =
      new ListStateDescriptor<>("list", StringSerializer.INSTANCE);

  private static final int SOURCE = 1;
  private static final int TARGET = 2;
  private static final long KEYS = 2_000;

  @TempDir Path temporary;

  /** No tier, one with no room, and those with room for some. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_096, 16_384, 32_768})
  void nothingOfThemIsLost(long tierBytes) throws Exception {
    NativeLibrary.load(temporary);
    FailingWrites writes = new FailingWrites();
    try (StateBench<Long> bench =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 4, tierBytes, writes)) {
      InternalListState<Long, Integer, String> list =
          bench.state(SOURCE, IntSerializer.INSTANCE, LIST);
      int failures = 0;
      for (long key = 0; key < KEYS; key++) {
        List<String> elements = elements(key);
        bench.selectKey(key);
        list.setCurrentNamespace(SOURCE);
        list.update(elements);
        writes.begin();
        try {
          list.mergeNamespaces(TARGET, List.of(SOURCE));
        } catch (StoreException e) {
          failures++;
        }
        writes.end();
        List<String> found = new ArrayList<>();
        for (int namespace : List.of(SOURCE, TARGET)) {
          list.setCurrentNamespace(namespace);
          Iterable<String> there = list.get();
          if (there != null) {
            there.forEach(found::add);
          }
        }
        assertThat(found).as("key %d", key).containsAll(elements);
      }
      assertThat(failures).isPositive();
    }
  }

  private static List<String> elements(long key) {
    List<String> elements = new ArrayList<>();
    for (int element = 0; element < 5 + key % 20; element++) {
      elements.add("element " + element + " of " + key);
    }
    return elements;
  }
}
