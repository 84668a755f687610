package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.LocalFiles;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checkpoints on the volume of the database: a restore gives their SSTs a second name there, and
 * neither the job nor the checkpoint takes harm of what becomes of the other.
 */
class LinkedDownloadsTest {

  private static final int MAX_PARALLELISM = 8;
  private static final int KEYS = 60;
  private static final int VALUE_BYTES = 16 * 1024;
  private static final List<String> STATES = List.of("one", "two");

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<String, byte[]> contents = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "CHECKPOINT, 1, 1",
    "CHECKPOINT, 2, 1",
    "CHECKPOINT, 1, 2",
    "NATIVE_SAVEPOINT, 1, 1",
    "NATIVE_SAVEPOINT, 2, 1"
  })
  void aSnapshotAndTheJobsThatWereRestoredFromItAreIndependent(
      SnapshotKind kind, int before, int after) throws Exception {
    Snapshot<String> snapshot;
    Path directory;
    try (KeyedOperator<Integer> job = start(before)) {
      fill(job, STATES);
      snapshot = take(job, kind);
      directory = job.directory();
    }
    Map<Path, byte[]> files = bytes(directory);
    Map<String, byte[]> ofSnapshot = new HashMap<>(contents);

    KeyedOperator<Integer> restored = restore(BASALT, snapshot, after);
    List<Path> shared = namesOutside(directory);
    assertThat(shared).as("files with a name in a database too").isNotEmpty();
    assertThat(files.keySet()).filteredOn(file -> isSst(files.get(file))).containsAll(shared);
    verify(restored, contents);
    for (int round = 0; round < 3; round++) {
      fill(restored, STATES.subList(0, 1));
      take(restored, SnapshotKind.CHECKPOINT);
    }
    verify(restored, contents);

    assertThat(bytes(directory)).as("the snapshot's files").containsAllEntriesOf(files);
    try (KeyedOperator<Integer> other = restore(STOCK, snapshot, after)) {
      verify(other, ofSnapshot);
    }
    for (Path file : files.keySet()) {
      Files.delete(file);
    }
    verify(restored, contents);
    restored.close();
  }

  private KeyedOperator<Integer> start(int parallelism) throws Exception {
    return KeyedOperator.start(
        workspace,
        BASALT,
        IntSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        parallelism,
        MAX_PARALLELISM);
  }

  private KeyedOperator<Integer> restore(
      Participant participant, Snapshot<String> snapshot, int parallelism) throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        IntSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        snapshot,
        parallelism,
        RecoveryClaimMode.NO_CLAIM);
  }

  private static Snapshot<String> take(KeyedOperator<Integer> job, SnapshotKind kind)
      throws Exception {
    return job.complete(job.trigger(kind, ""));
  }

  private void fill(KeyedOperator<Integer> job, List<String> names) throws Exception {
    Random random = new Random(workspace.seed() + contents.size());
    for (OperatorSubtask<Integer> subtask : job.subtasks()) {
      for (String name : names) {
        ValueState<byte[]> state = state(subtask.backend(), name);
        for (int key = 0; key < KEYS; key++) {
          if (subtask.owns(key)) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            subtask.backend().setCurrentKey(key);
            state.update(value);
            contents.put(name + key, value);
          }
        }
      }
    }
  }

  private static void verify(KeyedOperator<Integer> job, Map<String, byte[]> expected)
      throws Exception {
    for (OperatorSubtask<Integer> subtask : job.subtasks()) {
      for (String name : STATES) {
        ValueState<byte[]> state = state(subtask.backend(), name);
        for (int key = 0; key < KEYS; key++) {
          if (subtask.owns(key)) {
            subtask.backend().setCurrentKey(key);
            assertThat(state.value()).isEqualTo(expected.get(name + key));
          }
        }
      }
    }
  }

  private static ValueState<byte[]> state(
      CheckpointableKeyedStateBackend<Integer> backend, String name) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>(name, BytePrimitiveArraySerializer.INSTANCE));
  }

  private static Map<Path, byte[]> bytes(Path directory) throws IOException {
    Map<Path, byte[]> bytes = new TreeMap<>(Comparator.naturalOrder());
    for (Path file : LocalFiles.regularFiles(directory)) {
      bytes.put(file, Files.readAllBytes(file));
    }
    return bytes;
  }

  private static List<Path> namesOutside(Path directory) throws IOException {
    List<Path> shared = new ArrayList<>();
    for (Path file : LocalFiles.regularFiles(directory)) {
      if ((int) Files.getAttribute(file, "unix:nlink") > 1) {
        shared.add(file);
      }
    }
    return shared;
  }

  /** By the number at its end, see RocksDB's {@code kBlockBasedTableMagicNumber}. */
  private static boolean isSst(byte[] file) {
    return file.length > Long.BYTES
        && ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(file.length - Long.BYTES)
            == 0x88e241b785f4cff7L;
  }
}
