package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.FullSnapshotUtil;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Entries of a canonical stream arrive in whatever order they are in it: the heap backend writes
 * them in none. What a task may hold of them in memory is a part of its heap; here are more.
 */
class CanonicalOrderTest {

  private static final int KEY_GROUPS = 5;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);
  private static final KeyGroupPrefix PREFIX = KeyGroupPrefix.forKeyGroups(KEY_GROUPS);

  /** As long as an entry of the test is. */
  private static final int VALUE_BYTES = 60_000;

  /** What a restore holds of a state and key group at once: see {@link PartLoad}. */
  private static final int HELD =
      (int) (Math.max(8 << 20, Runtime.getRuntime().maxMemory() / 128) / VALUE_BYTES);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @TempDir Path temporary;

  /** A value, by the number that it is made of. */
  private record Entry(int key, int number) {}

  @Test
  void entriesInAnyOrderAreAllThere() throws Exception {
    System.out.println("Seed: " + seed);
    List<List<List<Entry>>> content =
        List.of(
            List.of(inOrder(0, 100), shuffled(0, 6 * HELD)),
            List.of(withARepetition(shuffled(0, 20)), List.of()),
            List.of(reversed(0, 2 * HELD), inOrder(0, 2)),
            List.of(List.of(), fallingBack()),
            List.of(shuffled(0, 30), inOrder(0, 3 * HELD)));
    RestoringTask task = new RestoringTask(temporary.resolve("task"), KEY_GROUPS);
    RestoredState restored = task.restore(ALL, List.of(write(content)));
    try {
      for (int state = 0; state < 2; state++) {
        check(restored.database().find("state-" + state), state, content);
      }
    } finally {
      restored.database().close();
    }
  }

  private void check(Table table, int state, List<List<List<Entry>>> content) {
    Map<byte[], Integer> expected = new TreeMap<>(Arrays::compareUnsigned);
    for (int keyGroup = 0; keyGroup < KEY_GROUPS; keyGroup++) {
      for (Entry entry : content.get(keyGroup).get(state)) {
        expected.put(key(keyGroup, entry.key()), entry.number());
      }
    }
    try (Cursor cursor = table.cursor(new byte[0], new byte[] {(byte) 0xFF})) {
      cursor.seekToFirst();
      expected.forEach(
          (key, number) -> {
            assertThat(cursor.isValid()).as("Seed %d", seed).isTrue();
            assertThat(cursor.key()).as("Seed %d", seed).isEqualTo(key);
            assertThat(Arrays.equals(cursor.value(), value(number))).as("Seed %d", seed).isTrue();
            cursor.next();
          });
      assertThat(cursor.isValid()).as("Seed %d", seed).isFalse();
    }
  }

  private List<Entry> inOrder(int first, int count) {
    List<Entry> entries = new ArrayList<>();
    for (int key = first; key < first + count; key++) {
      entries.add(new Entry(key, random.nextInt()));
    }
    return entries;
  }

  private List<Entry> shuffled(int first, int count) {
    List<Entry> entries = inOrder(first, count);
    Collections.shuffle(entries, random);
    return entries;
  }

  private List<Entry> reversed(int first, int count) {
    List<Entry> entries = inOrder(first, count);
    entries.sort(Comparator.comparing(Entry::key).reversed());
    return entries;
  }

  /** Keys of the heap that are not equal may be written as the same bytes: the last one stays. */
  private List<Entry> withARepetition(List<Entry> entries) {
    List<Entry> repeated = new ArrayList<>(entries);
    repeated.add(new Entry(entries.get(random.nextInt(entries.size())).key(), random.nextInt()));
    return repeated;
  }

  /** In order for longer than anybody holds them, and then again, with some of the same keys. */
  private List<Entry> fallingBack() {
    List<Entry> entries = inOrder(1_000, HELD + 20);
    entries.addAll(inOrder(random.nextInt(1_010), HELD + 20));
    entries.addAll(withARepetition(inOrder(5, 3)));
    return entries;
  }

  private KeyGroupsSavepointStateHandle write(List<List<List<Entry>>> content) throws IOException {
    Path file = temporary.resolve("savepoint");
    long[] offsets = new long[KEY_GROUPS];
    try (DataOutputStream output =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      new KeyedBackendSerializationProxy<>(
              IntSerializer.INSTANCE, List.of(state(0), state(1)), false)
          .write(new DataOutputViewStreamWrapper(output));
      for (int keyGroup = 0; keyGroup < KEY_GROUPS; keyGroup++) {
        output.flush();
        offsets[keyGroup] = Files.size(file);
        write(keyGroup, content.get(keyGroup), output);
      }
    }
    return new KeyGroupsSavepointStateHandle(
        new KeyGroupRangeOffsets(ALL, offsets),
        new FileStateHandle(
            org.apache.flink.core.fs.Path.fromLocalFile(file.toFile()), Files.size(file)));
  }

  private static StateMetaInfoSnapshot state(int number) {
    return new RegisteredKeyValueStateBackendMetaInfo<>(
            StateDescriptor.Type.VALUE,
            "state-" + number,
            VoidNamespaceSerializer.INSTANCE,
            BytePrimitiveArraySerializer.INSTANCE)
        .snapshot();
  }

  private static void write(int keyGroup, List<List<Entry>> states, DataOutputStream output)
      throws IOException {
    for (int state = 0; state < states.size(); state++) {
      List<Entry> entries = states.get(state);
      for (int i = 0; i < entries.size(); i++) {
        if (i == 0) {
          output.writeShort(state);
        }
        byte[] key = key(keyGroup, entries.get(i).key());
        byte[] value = value(entries.get(i).number());
        if (i == entries.size() - 1) {
          FullSnapshotUtil.setMetaDataFollowsFlagInKey(key);
        }
        output.writeInt(key.length);
        output.write(key);
        output.writeInt(value.length);
        output.write(value);
      }
    }
    output.writeShort(FullSnapshotUtil.END_OF_KEY_GROUP_MARK);
  }

  private static byte[] key(int keyGroup, int key) {
    byte[] bounds = PREFIX.bounds(KeyGroupRange.of(keyGroup, keyGroup)).lowerInclusive();
    return ByteBuffer.allocate(bounds.length + Integer.BYTES).put(bounds).putInt(key).array();
  }

  /** Mostly of one byte, for it to take little of the disk. */
  private static byte[] value(int number) {
    byte[] value = new byte[VALUE_BYTES - (number & 0xFFF)];
    Arrays.fill(value, (byte) number);
    ByteBuffer.wrap(value).putInt(number);
    return value;
  }
}
