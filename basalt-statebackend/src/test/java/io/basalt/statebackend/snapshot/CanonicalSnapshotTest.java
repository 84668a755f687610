package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.hex;
import static io.basalt.statebackend.snapshot.TestBackend.options;
import static io.basalt.statebackend.snapshot.TestBackend.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.RunnableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.KeyExtractorFunction;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PriorityComparator;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.runtime.state.SnappyStreamCompressionDecorator;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSet;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Canonical snapshots, read back by Flink's own reader. */
class CanonicalSnapshotTest {

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

  static Stream<Arguments> shapes() {
    StreamCompressionDecorator plain = UncompressedStreamCompressionDecorator.INSTANCE;
    StreamCompressionDecorator snappy = SnappyStreamCompressionDecorator.INSTANCE;
    return Stream.of(
        Arguments.of(plain, 128, KeyGroupRange.of(0, 127), 1),
        Arguments.of(snappy, 128, KeyGroupRange.of(0, 127), 2),
        Arguments.of(plain, 128, KeyGroupRange.of(127, 127), 3),
        Arguments.of(snappy, 4096, KeyGroupRange.of(250, 300), 4),
        Arguments.of(plain, 32768, KeyGroupRange.of(32000, 32767), 5));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void flinkReadsEveryEntryOfEveryState(
      StreamCompressionDecorator compression, int keyGroups, KeyGroupRange range, long seed)
      throws Exception {
    Random random = new Random(seed);
    try (TestBackend backend = new TestBackend(temporary, keyGroups, range)) {
      backend.compression(compression);
      for (String name : List.of("dense", "empty", "sparse", "last")) {
        Table table = backend.addState(name);
        int entries = name.equals("empty") ? 0 : name.equals("sparse") ? 3 : 1000;
        for (int i = 0; i < entries; i++) {
          int keyGroup = range.getStartKeyGroup() + random.nextInt(range.getNumberOfKeyGroups());
          backend.put(table, keyGroup, random.nextInt(), "x".repeat(random.nextInt(200)));
        }
      }
      Map<String, Map<String, String>> expected = backend.contents();
      var savepoint = savepoint(backend);
      backend.put(
          backend.database.createTable("later", AccessPattern.KEYS_AND_RANGES),
          range.getStartKeyGroup(),
          1,
          "later");
      for (Table table : backend.database.tables()) {
        backend.put(table, range.getEndKeyGroup(), 7, "later");
      }
      KeyedStateHandle handle = run(savepoint).getJobManagerOwnedSnapshot();
      assertThat(handle).isInstanceOf(KeyGroupsSavepointStateHandle.class);
      assertThat(read(handle, range)).as("seed %s", seed).isEqualTo(expected);
      assertThat(backend.database.leases()).isZero();
      assertThat(backend.leftOver()).isEmpty();
    }
  }

  /** Entries travel in chunks of 256 KB and 4,096 entries; some are larger than a chunk. */
  @ParameterizedTest
  @ValueSource(longs = {6, 7, 8})
  void entriesOfAnySizeAreWritten(long seed) throws Exception {
    Random random = new Random(seed);
    try (TestBackend backend = TestBackend.create(temporary)) {
      for (String name : List.of("small", "large", "mixed")) {
        Table table = backend.addState(name);
        for (int i = 0; i < (name.equals("large") ? 12 : 6000); i++) {
          boolean large =
              name.equals("large") || (name.equals("mixed") && random.nextInt(600) == 0);
          byte[] key = new byte[5 + (large && random.nextBoolean() ? random.nextInt(500_000) : 0)];
          random.nextBytes(key);
          key[0] = (byte) random.nextInt(128);
          byte[] value = new byte[random.nextInt(large ? 500_000 : 8)];
          random.nextBytes(value);
          table.put(key, value);
        }
      }
      Map<String, Map<String, String>> expected = backend.contents();
      KeyedStateHandle handle = run(savepoint(backend)).getJobManagerOwnedSnapshot();
      assertThat(read(handle, backend.range).equals(expected)).as("seed %s", seed).isTrue();
    }
  }

  @Test
  void theBlockCacheKeepsWhatTheTaskReads() throws Exception {
    try (TestBackend backend = TestBackend.create(temporary)) {
      Table state = backend.addState("state");
      for (int key = 0; key < 20_000; key++) {
        backend.put(state, key % 128, key, "x".repeat(100));
      }
      state.compact();
      long before = state.property("rocksdb.block-cache-usage");
      run(savepoint(backend)).discardState();
      assertThat(state.property("rocksdb.block-cache-usage")).isEqualTo(before);
      // Who walks over the state in another way does fill it.
      assertThat(backend.entries(state)).hasSize(20_000);
      assertThat(state.property("rocksdb.block-cache-usage")).isGreaterThan(before);
    }
  }

  @Test
  void statesWithoutAnyEntryAreKeptAsStates() throws Exception {
    try (TestBackend backend = TestBackend.create(temporary)) {
      backend.addState("first");
      backend.addState("second");
      KeyedStateHandle handle = run(savepoint(backend)).getJobManagerOwnedSnapshot();
      assertThat(read(handle, backend.range))
          .isEqualTo(Map.of("first", Map.of(), "second", Map.of()));
    }
  }

  @Test
  void expiredValuesAreLeftOutAndOthersMayBeRewritten() throws Exception {
    try (TestBackend backend = TestBackend.create(temporary)) {
      Table state = backend.addState("state", new SerializedTransform(CanonicalSnapshotTest::drop));
      backend.addState("other");
      for (int key = 0; key < 1000; key++) {
        backend.put(state, key % 128, key, key % 3 == 0 ? "expired" : "kept");
      }
      Map<String, String> expected = new TreeMap<>();
      backend
          .entries(state)
          .forEach(
              (key, value) -> {
                if (value.equals(hex("kept".getBytes(StandardCharsets.UTF_8)))) {
                  expected.put(key, hex("KEPT".getBytes(StandardCharsets.UTF_8)));
                }
              });
      KeyedStateHandle handle = run(savepoint(backend)).getJobManagerOwnedSnapshot();
      assertThat(read(handle, backend.range)).containsEntry("state", expected);
      assertThat(expected).hasSize(666);
    }
  }

  @Test
  void timersOnTheHeapAreWrittenAsTimersInTheDatabaseWouldBe() throws Exception {
    try (TestBackend backend = TestBackend.create(temporary)) {
      Table state = backend.addState("state");
      backend.put(state, 5, 5, "five");
      TimerSerializer<Integer, VoidNamespace> serializer =
          new TimerSerializer<>(IntSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE);
      HeapPriorityQueueSet<TimerHeapInternalTimer<Integer, VoidNamespace>> queue =
          addQueue(backend, "timers", serializer);
      addQueue(backend, "no timers", serializer);
      Map<String, String> expected = new TreeMap<>();
      for (int key = 0; key < 300; key++) {
        var timer = new TimerHeapInternalTimer<>(key * 31L, key, VoidNamespace.INSTANCE);
        queue.add(timer);
        int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(key, 128);
        expected.put(hex(backend.prefix.bytes(keyGroup)) + hex(bytes(serializer, timer)), "");
      }
      var savepoint = savepoint(backend);
      queue.clear();
      Map<String, Map<String, String>> read =
          read(run(savepoint).getJobManagerOwnedSnapshot(), backend.range);
      assertThat(read).containsOnlyKeys("state", "timers", "no timers");
      assertThat(read.get("timers")).isEqualTo(expected);
      assertThat(read.get("no timers")).isEmpty();
      assertThat(read.get("state")).isEqualTo(backend.entries(state));
    }
  }

  private static RunnableFuture<SnapshotResult<KeyedStateHandle>> savepoint(TestBackend backend)
      throws IOException {
    return backend
        .snapshots()
        .snapshot(
            1,
            0,
            new MemCheckpointStreamFactory(64 << 20),
            options(SavepointType.savepoint(SavepointFormatType.CANONICAL)));
  }

  static HeapPriorityQueueSet<TimerHeapInternalTimer<Integer, VoidNamespace>> addQueue(
      TestBackend backend, String name, TimerSerializer<Integer, VoidNamespace> serializer) {
    KeyExtractorFunction<TimerHeapInternalTimer<Integer, VoidNamespace>> keyOf =
        TimerHeapInternalTimer::getKey;
    PriorityComparator<TimerHeapInternalTimer<Integer, VoidNamespace>> order =
        (left, right) -> Long.compare(left.getTimestamp(), right.getTimestamp());
    HeapPriorityQueueSet<TimerHeapInternalTimer<Integer, VoidNamespace>> queue =
        new HeapPriorityQueueSet<>(order, keyOf, 16, backend.range, 128);
    backend.queues.put(name, wrapper(queue, name, serializer, keyOf, backend.range));
    return queue;
  }

  /** The serializer of timers is declared for the interface, and the queue for the class. */
  @SuppressWarnings("unchecked") // every timer that Flink makes is of this class
  private static HeapPriorityQueueSnapshotRestoreWrapper<
          TimerHeapInternalTimer<Integer, VoidNamespace>>
      wrapper(
          HeapPriorityQueueSet<TimerHeapInternalTimer<Integer, VoidNamespace>> queue,
          String name,
          TypeSerializer<?> serializer,
          KeyExtractorFunction<TimerHeapInternalTimer<Integer, VoidNamespace>> keyOf,
          KeyGroupRange range) {
    return new HeapPriorityQueueSnapshotRestoreWrapper<>(
        queue,
        new RegisteredPriorityQueueStateBackendMetaInfo<>(
            name, (TypeSerializer<TimerHeapInternalTimer<Integer, VoidNamespace>>) serializer),
        keyOf,
        range,
        128);
  }

  private static byte[] bytes(
      TimerSerializer<Integer, VoidNamespace> serializer,
      TimerHeapInternalTimer<Integer, VoidNamespace> timer)
      throws IOException {
    DataOutputSerializer output = new DataOutputSerializer(32);
    serializer.serialize(timer, output);
    return output.getCopyOfBuffer();
  }

  /** All entries by state, through Flink's reader of canonical snapshots. */
  private static Map<String, Map<String, String>> read(KeyedStateHandle handle, KeyGroupRange range)
      throws Exception {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    var results =
        new FullSnapshotRestoreOperation<>(
                range,
                CanonicalSnapshotTest.class.getClassLoader(),
                List.of(handle),
                StateSerializerProvider.fromNewRegisteredSerializer(IntSerializer.INSTANCE))
            .restore();
    while (results.hasNext()) {
      var result = results.next();
      List<Map<String, String>> states = new ArrayList<>();
      for (StateMetaInfoSnapshot metaInfo : result.getStateMetaInfoSnapshots()) {
        Map<String, String> entries = new TreeMap<>();
        states.add(entries);
        contents.put(metaInfo.getName(), entries);
      }
      try (var keyGroups = result.getRestoredKeyGroups()) {
        while (keyGroups.hasNext()) {
          var keyGroup = keyGroups.next();
          try (var entries = keyGroup.getKeyGroupEntries()) {
            while (entries.hasNext()) {
              var entry = entries.next();
              String previous =
                  states.get(entry.getKvStateId()).put(hex(entry.getKey()), hex(entry.getValue()));
              assertThat(previous).as("an entry written twice").isNull();
            }
          }
        }
      }
    }
    return contents;
  }

  /** Leaves out what reads "expired" and writes the rest in capitals. */
  private static byte @Nullable [] drop(byte[] value) {
    String text = new String(value, StandardCharsets.UTF_8);
    return text.equals("expired")
        ? null
        : text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
  }
}
