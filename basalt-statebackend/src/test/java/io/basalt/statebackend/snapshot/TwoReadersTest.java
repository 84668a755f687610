package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.basalt.statebackend.harness.LiveThreads;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.StoreException;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A large canonical snapshot is read by two threads, of which nothing is to be seen in it. */
@Timeout(120)
class TwoReadersTest {

  private static final String THREAD = "basalt-savepoint-";

  private static final List<String> STATES = List.of("small", "large", "empty", "mixed");

  /** More than both of them may be ahead. */
  private static final int LARGE_BYTES = 100_000;

  private static final int LARGE_VALUES = 420;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private TestBackend backend;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    backend = TestBackend.create(temporary);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(threads()).isZero();
    assertThat(backend.database.leases()).isZero();
    backend.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void everyEntryIsGivenOnceAndInOrderByTwoThreads() throws Exception {
    assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
    long seed = new Random().nextLong();
    for (String state : STATES) {
      fill(backend.addState(state), state, new Random(seed));
    }
    assertEveryEntryIsGivenOnceAndInOrder(seed);
  }

  /** Three large ones: of two both threads may have read all before the first one is written. */
  @ParameterizedTest
  @CsvSource({"128, 5, 7", "32768, 32765, 32767", "4096, 40, 340"})
  void keyGroupsLargerThanWhatAReaderMayBeAheadAreReadByTwoThreads(
      int keyGroups, int first, int last) throws Exception {
    assumeThat(Runtime.getRuntime().availableProcessors()).isGreaterThan(1);
    backend.close();
    backend = new TestBackend(temporary.resolve("other"), keyGroups, KeyGroupRange.of(first, last));
    Random random = new Random();
    long seed = random.nextLong();
    random.setSeed(seed);
    for (String state : STATES) {
      Table table = backend.addState(state);
      int large = state.equals("empty") ? 0 : state.equals("large") ? 6_000 : 20_000;
      for (int keyGroup = first; keyGroup <= last; keyGroup++) {
        // Of many key groups only the first ones are large, and all are cut as they are.
        for (int i = keyGroup < first + 3 ? large : random.nextInt(20); i > 0; i--) {
          byte[] key = new byte[backend.prefix.width() + 2 + random.nextInt(10)];
          random.nextBytes(key);
          System.arraycopy(backend.prefix.bytes(keyGroup), 0, key, 0, backend.prefix.width());
          byte[] value = new byte[random.nextInt(400)];
          random.nextBytes(value);
          table.put(key, value);
        }
      }
    }
    assertEveryEntryIsGivenOnceAndInOrder(seed);
  }

  private void assertEveryEntryIsGivenOnceAndInOrder(long seed) throws Exception {
    Map<String, Map<String, String>> expected = backend.contents();
    Map<String, Map<String, String>> read = new TreeMap<>();
    STATES.forEach(state -> read.put(state, new HashMap<>()));
    FullSnapshotResources<Integer> savepoint = savepoint();
    long mostThreads = 0;
    try (KeyValueStateIterator entries = savepoint.createKVStateIterator()) {
      int keyGroup = -1;
      int state = -1;
      byte[] key = {};
      while (entries.isValid()) {
        assertThat(entries.isNewKeyGroup()).isEqualTo(entries.keyGroup() != keyGroup);
        assertThat(entries.isNewKeyValueState())
            .isEqualTo(entries.keyGroup() != keyGroup || entries.kvStateId() != state);
        if (entries.isNewKeyGroup()) {
          assertThat(entries.keyGroup()).as("seed %s", seed).isGreaterThan(keyGroup);
        } else if (entries.isNewKeyValueState()) {
          assertThat(entries.kvStateId()).as("seed %s", seed).isGreaterThan(state);
        } else {
          assertThat(Arrays.compareUnsigned(entries.key(), key)).as("seed %s", seed).isPositive();
        }
        mostThreads = Math.max(mostThreads, entries.isNewKeyValueState() ? threads() : 0);
        keyGroup = entries.keyGroup();
        state = entries.kvStateId();
        key = entries.key();
        assertThat(backend.prefix.keyGroup(key)).as("seed %s", seed).isEqualTo(keyGroup);
        read.get(STATES.get(state)).put(hex(key), hex(entries.value()));
        entries.next();
      }
    } finally {
      savepoint.release();
    }
    assertThat(read.equals(expected)).as("seed %s", seed).isTrue();
    assertThat(mostThreads).isEqualTo(2);
  }

  @Test
  void whatASerializerTakesPartInIsReadByOneThread() throws Exception {
    Table state = backend.addState("state");
    fill(state, "large", new Random(1));
    CanonicalSnapshotTest.addQueue(
        backend,
        "timers",
        new TimerSerializer<>(IntSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
    assertThat(mostThreadsOfASavepoint()).isEqualTo(1);
    backend.queues.clear();
    backend.addState("transformed", new SerializedTransform(value -> value));
    assertThat(mostThreadsOfASavepoint()).isEqualTo(1);
  }

  @Test
  void closedInTheMiddleItLeavesNoThread() throws Exception {
    fill(backend.addState("state"), "large", new Random(2));
    for (int read : List.of(0, 1, 15, 200)) {
      FullSnapshotResources<Integer> savepoint = savepoint();
      KeyValueStateIterator entries = savepoint.createKVStateIterator();
      for (int i = 0; i < read; i++) {
        entries.next();
      }
      entries.close();
      assertThat(threads()).isZero();
      savepoint.release();
      assertThat(backend.database.leases()).isZero();
    }
  }

  @Test
  void theEndOfTheTaskEndsBothThreads() throws Exception {
    fill(backend.addState("state"), "large", new Random(3));
    FullSnapshotResources<Integer> savepoint = savepoint();
    try (KeyValueStateIterator entries = savepoint.createKVStateIterator()) {
      for (int i = 0; i < 100; i++) {
        entries.next();
      }
      backend.task.close();
      assertThatThrownBy(() -> readAll(entries))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cancelled");
    } finally {
      savepoint.release();
    }
  }

  /** Whichever of the two comes across it. */
  @Test
  void aDamagedBlockFailsTheSavepoint() throws Exception {
    fill(backend.addState("state"), "large", new Random(4));
    backend.database.writeFiles();
    for (int tenth : List.of(2, 3, 5, 7, 8)) {
      Path file = largestFile();
      long position = Files.size(file) / 10 * tenth;
      flip(file, position);
      FullSnapshotResources<Integer> savepoint = savepoint();
      try (KeyValueStateIterator entries = savepoint.createKVStateIterator()) {
        assertThatThrownBy(() -> readAll(entries)).isInstanceOf(StoreException.class);
      } finally {
        savepoint.release();
      }
      flip(file, position);
    }
  }

  private static void fill(Table table, String kind, Random random) {
    int small = kind.equals("small") || kind.equals("mixed") ? 10_000 : 0;
    int large = kind.equals("large") ? LARGE_VALUES : kind.equals("mixed") ? LARGE_VALUES / 10 : 0;
    for (int i = 0; i < small + large; i++) {
      byte[] key = new byte[5 + random.nextInt(10)];
      random.nextBytes(key);
      key[0] = (byte) random.nextInt(128);
      byte[] value = new byte[i < small ? random.nextInt(100) : LARGE_BYTES];
      random.nextBytes(value);
      table.put(key, value);
    }
  }

  private long mostThreadsOfASavepoint() throws Exception {
    FullSnapshotResources<Integer> savepoint = savepoint();
    long most = 0;
    try (KeyValueStateIterator entries = savepoint.createKVStateIterator()) {
      for (; entries.isValid(); entries.next()) {
        most = Math.max(most, threads());
      }
    } finally {
      savepoint.release();
    }
    return most;
  }

  private static void readAll(KeyValueStateIterator entries) throws IOException {
    while (entries.isValid()) {
      entries.next();
    }
  }

  private FullSnapshotResources<Integer> savepoint() throws Exception {
    return backend.snapshots().savepoint().getSnapshotResources();
  }

  private Path largestFile() throws IOException {
    try (Stream<Path> files = Files.list(backend.database.directory())) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flip(Path path, long position) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(position);
      int old = file.read();
      file.seek(position);
      file.write(old ^ 0x10);
    }
  }

  private static long threads() {
    return LiveThreads.all().stream().filter(thread -> thread.getName().startsWith(THREAD)).count();
  }
}
