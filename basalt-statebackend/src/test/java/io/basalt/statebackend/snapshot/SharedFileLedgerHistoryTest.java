package io.basalt.statebackend.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.SharedStateRegistryKey;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays random histories of a task against Flink's own registry of shared files: checkpoints that
 * overlap, fail here or there, restart in no-claim mode, and messages that come late or never. The
 * registry refuses a reference to a file that it has deleted, which in a job fails the checkpoint
 * and, worse, may hide data that is gone.
 */
class SharedFileLedgerHistoryTest {

  private static final int HISTORIES = 4000;
  private static final int STEPS = 120;

  static Iterator<Integer> chunks() {
    return List.of(0, 1, 2, 3).iterator();
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void noCheckpointRefersToAFileThatTheJobManagerHasDeleted(int chunk) {
    for (int i = 0; i < HISTORIES / 4; i++) {
      long seed = chunk * 1_000_003L + i;
      History history = new History(new Random(seed), true);
      assertThatCode(() -> history.play(STEPS))
          .as("history of seed %s", seed)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void inAnOrderlyHistoryEveryFileIsUploadedOnce() {
    for (long seed = 0; seed < 60; seed++) {
      History history = new History(new Random(seed), false);
      history.play(STEPS);
      assertThat(history.uploads)
          .as("uploads in the history of seed %s", seed)
          .isEqualTo(history.distinctFiles);
      assertThat(history.completedCheckpoints).as("completed, seed %s", seed).isPositive();
    }
  }

  /** A task, its JobManager and the messages between them. */
  private static final class History {

    private final Random random;
    private final boolean unruly;
    private final SharedStateRegistryImpl registry = new SharedStateRegistryImpl();
    private final SharedFileLedger ledger = new SharedFileLedger();

    /** The files that the database has now, and the number of the next. */
    private final Set<String> liveFiles = new TreeSet<>();

    private int nextFile;

    private long nextCheckpoint = 10;
    private final TreeMap<Long, Upload> uploading = new TreeMap<>();
    private final TreeSet<Long> acknowledged = new TreeSet<>();
    private final TreeSet<Long> expired = new TreeSet<>();
    private long lastCompleted = -1;
    private boolean fullUntilCompleted;
    private final ArrayDeque<Runnable> messages = new ArrayDeque<>();

    private final Set<String> seenByCheckpoint = new TreeSet<>();
    private int uploads;
    private int distinctFiles;
    private int completedCheckpoints;

    private record Upload(SharedFileLedger.Entry entry, Set<String> files) {}

    History(Random random, boolean unruly) {
      this.random = random;
      this.unruly = unruly;
      flush();
      if (unruly && random.nextBoolean()) {
        restore(random.nextBoolean());
      }
    }

    void play(int steps) {
      for (int step = 0; step < steps; step++) {
        if (unruly) {
          disorderlyStep();
        } else {
          flush();
          compact();
          long checkpoint = take(false);
          finishUpload(checkpoint);
          complete(checkpoint);
          messages.forEach(Runnable::run);
          messages.clear();
        }
      }
    }

    private void disorderlyStep() {
      switch (random.nextInt(10)) {
        case 0 -> flush();
        case 1 -> compact();
        case 2, 3 -> take(random.nextInt(6) == 0);
        case 4, 5 -> anyOf(uploading.keySet()).forEach(this::finishUpload);
        case 6 -> anyOf(acknowledged).forEach(this::complete);
        case 7 ->
            anyOf(random.nextBoolean() ? uploading.keySet() : acknowledged).forEach(this::abort);
        default -> deliver();
      }
    }

    private void restore(boolean noClaim) {
      Map<String, StreamStateHandle> files = new HashMap<>();
      for (String file : liveFiles) {
        StreamStateHandle handle = upload(file);
        files.put(file, handle);
        register(handle, 9);
      }
      lastCompleted = 9;
      fullUntilCompleted = noClaim;
      ledger.continues(9, files);
    }

    private void flush() {
      for (int i = random.nextInt(3); i >= 0; i--) {
        liveFiles.add("%06d.sst".formatted(nextFile++));
      }
    }

    private void compact() {
      if (liveFiles.size() > 3) {
        liveFiles.removeIf(file -> random.nextInt(3) == 0);
        flush();
      }
    }

    private long take(boolean full) {
      long checkpoint = nextCheckpoint++;
      SharedFileLedger.Entry entry =
          full || fullUntilCompleted
              ? ledger.takenAnew(checkpoint)
              : ledger.takenReferring(checkpoint, handle -> !unruly || random.nextInt(20) > 0);
      uploading.put(checkpoint, new Upload(entry, Set.copyOf(liveFiles)));
      return checkpoint;
    }

    /** The snapshot thread ends, well or not; the JobManager registers what it gets. */
    private void finishUpload(long checkpoint) {
      Upload upload = uploading.remove(checkpoint);
      if (unruly && random.nextInt(8) == 0) {
        upload.entry().abandoned();
        return;
      }
      Map<String, StreamStateHandle> files = new HashMap<>();
      List<StreamStateHandle> reported = new ArrayList<>();
      for (String file : upload.files()) {
        StreamStateHandle known = upload.entry().references().get(file);
        if (known != null) {
          files.put(file, known);
          reported.add(new PlaceholderStreamStateHandle(known.getStreamStateHandleID(), 1, false));
        } else {
          StreamStateHandle handle = upload(file);
          files.put(file, handle);
          reported.add(handle);
        }
        if (seenByCheckpoint.add(file)) {
          distinctFiles++;
        }
      }
      upload.entry().uploaded(files);
      if (checkpoint <= lastCompleted || expired.contains(checkpoint)) {
        return; // the JobManager answers a late acknowledgement by deleting what was uploaded
      }
      reported.forEach(handle -> register(handle, checkpoint));
      acknowledged.add(checkpoint);
    }

    /** All other tasks have acknowledged, too. One checkpoint is retained. */
    private void complete(long checkpoint) {
      long subsumed = lastCompleted;
      lastCompleted = checkpoint;
      completedCheckpoints++;
      fullUntilCompleted = false;
      acknowledged.headSet(checkpoint, true).clear();
      registry.unregisterUnusedState(checkpoint);
      send(
          () -> {
            ledger.completed(checkpoint);
            if (subsumed > 0) {
              ledger.subsumed(subsumed);
            }
          });
    }

    private void abort(long checkpoint) {
      acknowledged.remove(checkpoint);
      expired.add(checkpoint);
      send(
          () -> {
            Upload upload = uploading.remove(checkpoint);
            if (upload != null) {
              upload.entry().abandoned(); // Flink cancels the snapshot
            }
            ledger.aborted(checkpoint);
          });
    }

    private void send(Runnable message) {
      if (!unruly || random.nextInt(10) > 0) {
        messages.add(message);
      }
    }

    private void deliver() {
      if (!messages.isEmpty()) {
        (random.nextInt(4) > 0 ? messages.pollFirst() : messages.pollLast()).run();
      }
    }

    private List<Long> anyOf(Set<Long> checkpoints) {
      List<Long> all = new ArrayList<>(checkpoints);
      return all.isEmpty() ? all : List.of(all.get(random.nextInt(all.size())));
    }

    private StreamStateHandle upload(String file) {
      uploads++;
      return new ByteStreamStateHandle(file + "-" + UUID.randomUUID(), new byte[1]);
    }

    private void register(StreamStateHandle handle, long checkpoint) {
      registry.registerReference(
          SharedStateRegistryKey.forStreamStateHandle(handle), handle, checkpoint);
    }
  }
}
