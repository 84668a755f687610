package io.basalt.statebackend.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.state.StateBench;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A migration as a whole: what stands there before, on the way, and when it does not get through.
 */
class ParallelMigrationTest {

  private static final IntSerializer INT = IntSerializer.INSTANCE;
  private static final int KEY_GROUPS = 128;
  private static final int KEYS = 20_000;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, INT, KEY_GROUPS);
    InternalValueState<Integer, Integer, TestType> old = value(new TestType.V1TestTypeSerializer());
    Random random = new Random(3);
    for (int i = 0; i < KEYS; i++) {
      int key = random.nextInt(4 * KEYS);
      bench.selectKey(key);
      old.update(new TestType(text(random), key));
    }
    bench.restore();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
    try (var all = Files.walk(temporary)) {
      assertThat(all.filter(path -> path.getFileName().toString().startsWith("rewrite-")))
          .isEmpty();
    }
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("basalt-migration-")))
        .isEmpty();
  }

  @Test
  void everyEntryStandsInSortedFilesOfTheLastLevel() throws Exception {
    Map<String, Integer> before = contents(1);

    InternalValueState<Integer, Integer, TestType> migrated = value(new Hooked(count -> {}));

    assertThat(contents(2)).isEqualTo(before).hasSizeGreaterThan(KEYS / 2);
    assertThat(table().files())
        .hasSizeGreaterThan(1)
        .allSatisfy(f -> assertThat(f.level()).isEqualTo(6));
    bench.selectKey(7);
    migrated.update(new TestType("key", 7));
    assertThat(migrated.value()).isEqualTo(new TestType("key", 7));
    bench.restore();
    assertThat(contents(2)).containsAllEntriesOf(before);
  }

  /** A job may register a state while a savepoint is being written: that one is of before. */
  @Test
  void aViewOfBeforeGoesOnSeeingTheOldEntries() throws Exception {
    Map<String, Integer> before = contents(1);
    try (ReadView view = bench.database().view()) {
      value(new Hooked(count -> {}));

      try (Cursor cursor = table().cursor(new byte[] {0}, new byte[] {(byte) 0x80}, view)) {
        assertThat(read(cursor, 1)).isEqualTo(before);
      }
    }
    assertThat(contents(2)).isEqualTo(before);
  }

  /** Gauges and foreign readers come and go; they must not read a table that goes away. */
  @Test
  void foreignReadersAreWaitedFor() throws Exception {
    Map<String, Integer> before = contents(1);
    Thread task = Thread.currentThread();
    AtomicReference<Thread> reader = new AtomicReference<>();
    value(
        new Hooked(
            count -> {
              if (count == 100) {
                Lease lease = lease();
                Thread thread =
                    new Thread(
                        () -> {
                          while (task.getState() != Thread.State.TIMED_WAITING) {
                            Thread.onSpinWait();
                          }
                          lease.close();
                        });
                reader.set(thread);
                thread.start();
              }
            }));
    reader.get().join();
    assertThat(contents(2)).isEqualTo(before);
  }

  @Test
  void aCancelledMigrationLeavesTheTableAsItWas() throws Exception {
    Map<String, Integer> before = contents(1);

    assertThatThrownBy(
            () ->
                value(
                    new Hooked(
                        count -> {
                          if (count == 1_000) {
                            cancel();
                          }
                        })))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("'value'");

    assertThat(contents(1)).isEqualTo(before);
  }

  @Test
  void anInterruptedMigrationLeavesTheTableAsItWas() throws Exception {
    Map<String, Integer> before = contents(1);
    Thread task = Thread.currentThread();

    assertThatThrownBy(
            () ->
                value(
                    new Hooked(
                        count -> {
                          if (count == 1_000) {
                            task.interrupt();
                          }
                        })))
        .isInstanceOf(CancellationException.class);

    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    assertThat(contents(1)).isEqualTo(before);
  }

  @Test
  void anEntryThatCannotBeWrittenIsNamedAndTheTableIsAsItWas() throws Exception {
    Map<String, Integer> before = contents(1);

    assertThatThrownBy(
            () ->
                value(
                    new Hooked(
                        count -> {
                          if (count == 5_000) {
                            throw new UncheckedIOException(new IOException("planted"));
                          }
                        })))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'value'")
        .hasMessageContaining("key group ")
        .hasMessageContaining("planted")
        .hasMessageContaining("snapshot the job was restored from is not affected");

    assertThat(contents(1)).isEqualTo(before);
  }

  @Test
  void partsAreAllKeyGroupsInOrder() {
    for (int keyGroups : new int[] {1, 2, 127, 128, 129, 32_768}) {
      for (int most : new int[] {1, 3, 8, 1_000}) {
        var prefix = KeyGroupPrefix.forKeyGroups(keyGroups);
        var range = KeyGroupRange.of(0, keyGroups - 1);
        var parts = new KeyGroups(range, prefix).parts(most);
        assertThat(parts).hasSize(Math.min(most, keyGroups));
        assertThat(parts.get(0).lowerInclusive()).isEqualTo(prefix.bytes(0));
        assertThat(parts.get(parts.size() - 1).upperExclusive()).isEqualTo(prefix.bytes(keyGroups));
        for (int i = 1; i < parts.size(); i++) {
          assertThat(parts.get(i).lowerInclusive()).isEqualTo(parts.get(i - 1).upperExclusive());
        }
      }
    }
  }

  private void cancel() {
    try {
      bench.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Lease lease() {
    try {
      return bench.database().lease();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Table table() {
    return bench.database().find("value");
  }

  /** Long and random enough for several parts, which have a megabyte each at least. */
  private static String text(Random random) {
    byte[] bytes = new byte[100];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Map<String, Integer> contents(int version) throws IOException {
    try (Cursor cursor = table().cursor(new byte[] {0}, new byte[] {(byte) 0x80})) {
      return read(cursor, version);
    }
  }

  /** By key; entries of another version of the serializer cannot be read. */
  private static Map<String, Integer> read(Cursor cursor, int version) throws IOException {
    TypeSerializer<TestType> serializer =
        version == 1 ? new TestType.V1TestTypeSerializer() : new TestType.V2TestTypeSerializer();
    Map<String, Integer> contents = new TreeMap<>();
    for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
      var input = new DataInputDeserializer(cursor.value());
      contents.put(
          HexFormat.of().formatHex(cursor.key()), serializer.deserialize(input).getValue());
      assertThat(input.available()).isZero();
    }
    return contents;
  }

  private InternalValueState<Integer, Integer, TestType> value(TypeSerializer<TestType> serializer)
      throws Exception {
    return bench.state(0, INT, new ValueStateDescriptor<>("value", serializer));
  }

  /** Told of every entry that is written, with their number. */
  private static final class Hooked extends TestType.V2TestTypeSerializer {

    private static final long serialVersionUID = 1L;

    private final transient IntConsumer hook;
    private final AtomicInteger written = new AtomicInteger();

    Hooked(IntConsumer hook) {
      this.hook = hook;
    }

    @Override
    public void serialize(TestType value, DataOutputView target) throws IOException {
      hook.accept(written.incrementAndGet());
      super.serialize(value, target);
    }

    @Override
    public TypeSerializer<TestType> duplicate() {
      return this;
    }
  }
}
