package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.FileUtils;

/** The state that is there before anything is measured. */
final class Population {

  static final int KEY_GROUPS = 128;

  private static final int CHECKPOINTS_WHILE_MAKING = 20;

  private Population() {}

  /** Creates the values of the keys from 0, in the order in which RocksDB keeps them. */
  static void create(int keys, Kind kind, Kind.Access access) throws Exception {
    for (int key : inOrder(keys, kind.entriesOfKey())) {
      access.create(key);
    }
  }

  /** Sorted writes make a database of this size in half the time, and files that do not overlap. */
  private static int[] inOrder(int keys, int entriesOfKey) {
    long[] order = new long[keys];
    for (int key = 0; key < keys; key++) {
      long group = KeyGroupRangeAssignment.assignToKeyGroup((long) key / entriesOfKey, KEY_GROUPS);
      order[key] = group << 32 | key;
    }
    Arrays.sort(order);
    int[] sorted = new int[keys];
    for (int i = 0; i < keys; i++) {
      sorted[i] = (int) order[i];
    }
    return sorted;
  }

  /** Uploads what the checkpoints of a running job would have uploaded long ago. */
  static void settle(Operator<Long> operator, Backend backend) throws Exception {
    if (backend.isOnDisk()) {
      operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
    }
  }

  /**
   * An operator whose only subtask opens with a large population, for a backend in RocksDB; without
   * any for the heap. Each backend makes its own once for the whole run, with the memory that it is
   * measured with: files differ in their filters and indexes, and those are chosen by the memory.
   */
  static Operator<Long> large(
      Sizes sizes, Kind kind, SubjectSettings settings, Path directory, Path prepared)
      throws Exception {
    if (!settings.backend().isOnDisk()) {
      return Operator.start(settings, directory, LongSerializer.INSTANCE, 1, KEY_GROUPS);
    }
    Path pointer = prepare(sizes, kind, settings, prepared);
    return Operator.restore(
        settings,
        directory,
        LongSerializer.INSTANCE,
        pointer.toUri().toString(),
        1,
        RecoveryClaimMode.NO_CLAIM);
  }

  /** Makes the large population of the kind, if it is not there, and says where it is. */
  private static Path prepare(Sizes sizes, Kind kind, SubjectSettings settings, Path prepared)
      throws Exception {
    String name =
        "%s-%s-%d-%d"
            .formatted(kind.name(), settings.backend(), sizes.large(), settings.managedBytes());
    Path pointer = prepared.resolve("working-sets-" + name);
    if (!Files.exists(pointer)) {
      Path making = prepared.resolve("making-" + name);
      try (Operator<Long> operator =
          Operator.start(settings, making, LongSerializer.INSTANCE, 1, KEY_GROUPS)) {
        Kind.Access access = kind.open(operator.openOnly());
        int[] order = inOrder(sizes.large(), kind.entriesOfKey());
        int part = Math.max(1, order.length / CHECKPOINTS_WHILE_MAKING);
        for (int i = 0; i < order.length; i++) {
          access.create(order[i]);
          if (i % part == part - 1) {
            // As in any job: a backend may look at what it has by then.
            operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
          }
        }
        String savepoint = operator.snapshot(SnapshotKind.NATIVE_SAVEPOINT).pointer();
        Files.move(Path.of(java.net.URI.create(savepoint)), pointer);
      }
      FileUtils.deleteDirectory(making.toFile());
    }
    return pointer;
  }

  /** Without this check a benchmark of reads could be one of misses. */
  static void mustBeThere(boolean there, long key) {
    if (!there) {
      throw new IllegalStateException("Key " + key + " has no value");
    }
  }

  /** And the other way round. */
  static void mustBeAbsent(boolean there, long key) {
    if (there) {
      throw new IllegalStateException("Key " + key + " has a value");
    }
  }
}
