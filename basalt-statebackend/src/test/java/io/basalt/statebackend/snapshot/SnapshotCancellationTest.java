package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static io.basalt.statebackend.snapshot.TestBackend.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.ForwardingStreamFactory;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SavepointSnapshotStrategy;
import org.apache.flink.runtime.state.SnapshotExecutionType;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.SnapshotStrategyRunner;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever ends a snapshot before its time, nothing of it is left anywhere. */
@Timeout(120)
class SnapshotCancellationTest {

  private static final SnapshotType CANONICAL =
      SavepointType.savepoint(SavepointFormatType.CANONICAL);

  static final List<SnapshotType> TYPES =
      List.of(
          CheckpointType.CHECKPOINT,
          CheckpointType.FULL_CHECKPOINT,
          SavepointType.savepoint(SavepointFormatType.NATIVE),
          CANONICAL);

  @TempDir Path temporary;
  private TestBackend backend;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    backend = TestBackend.create(temporary);
    for (String name : List.of("first", "second", "third")) {
      Table state = backend.addState(name);
      for (int key = 0; key < 2000; key++) {
        backend.put(state, key % 128, key, name + key);
      }
    }
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(backend.leftOver()).isEmpty();
    assertThat(backend.filesInStorage()).isEmpty();
    assertThat(backend.database.leases()).isZero();
    assertThat(backend.task.getNumberOfRegisteredCloseables()).isZero();
    backend.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("basalt-transfer")) {
        thread.join(); // it is ending already: nothing would end it but the timeout of the test
      }
    }
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void cancelledBeforeItRuns(SnapshotType type) throws Exception {
    for (boolean interrupt : List.of(true, false)) {
      var snapshot = backend.snapshots().snapshot(1, 0, backend.files(), options(type));
      assertThat(snapshot.cancel(interrupt)).isTrue();
      snapshot.run();
      assertThatThrownBy(snapshot::get).isInstanceOf(CancellationException.class);
      assertThat(backend.leftOver()).isEmpty();
      assertThat(backend.database.leases()).isZero();
    }
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void cancelledByTheEndOfTheTaskBeforeItRuns(SnapshotType type) throws Exception {
    var snapshot = backend.snapshots().snapshot(1, 0, backend.files(), options(type));
    backend.task.close();
    assertThat(snapshot.isCancelled()).isTrue();
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  void theTaskHasEndedAlready(SnapshotType type) throws Exception {
    backend.task.close();
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    assertThatThrownBy(() -> snapshots.snapshot(1, 0, backend.files(), options(type)))
        .isInstanceOf(IOException.class);
  }

  /** Whichever stream of the snapshot it is that blocks, from the first to the last. */
  @ParameterizedTest
  @FieldSource("TYPES")
  void cancelledWhileItWrites(SnapshotType type) throws Exception {
    int streams = countStreams(type);
    assertThat(streams).isPositive();
    for (int blocked = 0; blocked < streams; blocked++) {
      for (boolean byTask : List.of(true, false)) {
        BlockingStorage storage = new BlockingStorage(backend.files(), blocked);
        var snapshot = backend.snapshots().snapshot(1, 0, storage, options(type));
        Thread thread = new Thread(snapshot, "snapshot");
        thread.start();
        storage.blocked.await();
        if (byTask && blocked == streams - 1) {
          backend.task.close();
        } else {
          snapshot.cancel(true);
        }
        thread.join();
        assertThat(snapshot.isCancelled()).isTrue();
        assertThat(backend.filesInStorage()).isEmpty();
        assertThat(backend.leftOver()).isEmpty();
        assertThat(backend.database.leases()).isZero();
        if (backend.task.isClosed()) {
          return;
        }
      }
    }
  }

  /** Whichever stream of the snapshot it is that fails, when it is opened, written or closed. */
  @ParameterizedTest
  @FieldSource("TYPES")
  void aFailureOfTheStorageDeletesWhatWasWritten(SnapshotType type) throws Exception {
    int streams = countStreams(type);
    for (int failing = 0; failing < streams; failing++) {
      for (FailingStorage.When when : FailingStorage.When.values()) {
        FailingStorage storage = new FailingStorage(backend.files(), failing, when);
        var snapshot = backend.snapshots().snapshot(1, 0, storage, options(type));
        snapshot.run();
        assertThatThrownBy(snapshot::get)
            .isInstanceOf(ExecutionException.class)
            .hasStackTraceContaining("The storage fails");
        assertThat(backend.filesInStorage()).as("%s of stream %s", when, failing).isEmpty();
        assertThat(backend.leftOver()).isEmpty();
        assertThat(backend.database.leases()).isZero();
      }
    }
  }

  /** Cancelled by the very work that then delivers a result nobody can get any more. */
  @Test
  void aResultThatLostTheRaceAgainstTheCancellationIsDiscarded() throws Exception {
    SnapshotResult<KeyedStateHandle> result =
        run(
            backend
                .snapshots()
                .snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    assertThat(backend.filesInStorage()).isNotEmpty();
    AtomicInteger released = new AtomicInteger();
    AtomicInteger withdrawn = new AtomicInteger();
    SnapshotTask[] task = new SnapshotTask[1];
    task[0] =
        SnapshotTask.of(
            new SnapshotWork() {
              @Override
              public SnapshotResult<KeyedStateHandle> write(CloseableRegistry streams) {
                task[0].cancel(false);
                return result;
              }

              @Override
              public void release() {
                released.incrementAndGet();
              }

              @Override
              public void withdrawn() {
                withdrawn.incrementAndGet();
              }
            },
            backend.task);
    task[0].run();
    assertThat(task[0].isCancelled()).isTrue();
    assertThat(released).hasValue(1);
    assertThat(withdrawn).hasValue(1);
    assertThat(backend.filesInStorage()).isEmpty();
  }

  @Test
  void aCancelledCheckpointIsNeverReferredToAndHidesNoEarlierOne() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    SnapshotResult<KeyedStateHandle> first =
        run(snapshots.snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    snapshots.notifyCheckpointComplete(1);
    var second = snapshots.snapshot(2, 0, backend.files(), options(CheckpointType.FULL_CHECKPOINT));
    second.cancel(true);
    snapshots.notifyCheckpointComplete(2);
    SnapshotResult<KeyedStateHandle> third =
        run(snapshots.snapshot(3, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    assertThat(ids(third)).isEqualTo(ids(first));
    third.discardState();
    first.discardState();
  }

  /**
   * Flink runs canonical savepoints itself, and forgets what it was given if the task has ended.
   */
  @Test
  void aSavepointThatFlinkNeverRunsIsReleasedWithTheTask() throws Exception {
    var resources = backend.snapshots().savepoint();
    assertThat(backend.database.leases()).isOne();
    backend.task.close();
    assertThat(backend.database.leases()).isZero();
    assertThatThrownBy(resources.getSnapshotResources()::createKVStateIterator)
        .isInstanceOf(CancellationException.class);
    resources.getSnapshotResources().release();
  }

  @Test
  void aSavepointThatFlinkCancelsIsReleasedByItsReader() throws Exception {
    BlockingStorage storage = new BlockingStorage(backend.files(), 0);
    var resources = backend.snapshots().savepoint();
    RunnableFuture<SnapshotResult<KeyedStateHandle>> savepoint =
        new SnapshotStrategyRunner<>(
                "savepoint",
                new SavepointSnapshotStrategy<>(resources.getSnapshotResources()),
                backend.task,
                SnapshotExecutionType.ASYNCHRONOUS)
            .snapshot(1, 0, storage, options(CANONICAL));
    Thread thread = new Thread(savepoint, "savepoint");
    thread.start();
    storage.blocked.await();
    backend.task.close();
    thread.join();
    assertThat(savepoint.isCancelled()).isTrue();
  }

  /** Then the reading thread has filled all there is between the two, and waits for the writer. */
  @Test
  void aLargeSavepointIsCancelledWhileItsStreamIsBlocked() throws Exception {
    addLargeState(StateSnapshotTransformFactory.noTransform());
    for (boolean interrupt : List.of(true, false)) {
      BlockingStorage storage = new BlockingStorage(backend.files(), 0);
      var savepoint = backend.snapshots().snapshot(1, 0, storage, options(CANONICAL));
      Thread thread = new Thread(savepoint, "snapshot");
      thread.start();
      storage.blocked.await();
      savepoint.cancel(interrupt);
      thread.join();
      assertThat(savepoint.isCancelled()).isTrue();
      assertThat(backend.filesInStorage()).isEmpty();
      assertThat(backend.database.leases()).isZero();
    }
  }

  /** Then the writer waits for the reading thread. */
  @ParameterizedTest
  @CsvSource({"0, true", "1, false", "7000, true", "7000, false"})
  void cancelledWhileAnEntryIsBeingRead(int entriesBefore, boolean byTask) throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicInteger before = new AtomicInteger(entriesBefore);
    addLargeState(
        new SerializedTransform(
            value -> {
              if (before.getAndDecrement() == 0) {
                reading.countDown();
                awaitInterrupt();
              }
              return value;
            }));
    var savepoint = backend.snapshots().snapshot(1, 0, backend.files(), options(CANONICAL));
    Thread thread = new Thread(savepoint, "snapshot");
    thread.start();
    reading.await();
    if (byTask) {
      backend.task.close();
    } else {
      savepoint.cancel(true);
    }
    thread.join();
    assertThat(savepoint.isCancelled()).isTrue();
  }

  @Test
  void aReaderStopsSoonAfterTheTaskHasEndedThoughItWritesNothing() throws Exception {
    var resources = backend.snapshots().savepoint().getSnapshotResources();
    try (var entries = resources.createKVStateIterator()) {
      backend.task.close();
      assertThat(backend.database.leases()).isOne();
      assertThatThrownBy(
              () -> {
                while (entries.isValid()) {
                  entries.next();
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cancelled");
    } finally {
      resources.release();
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** More than the two threads of a savepoint have on their hands. */
  private void addLargeState(StateSnapshotTransformFactory<String> transformers) {
    Table state = backend.addState("large", transformers);
    for (int key = 0; key < 20_000; key++) {
      backend.put(state, key % 128, key, "x".repeat(200));
    }
  }

  private int countStreams(SnapshotType type) throws Exception {
    AtomicInteger streams = new AtomicInteger();
    CheckpointStreamFactory counting =
        new ForwardingStreamFactory(backend.files()) {
          @Override
          public CheckpointStateOutputStream createCheckpointStateOutputStream(
              CheckpointedStateScope scope) throws IOException {
            streams.incrementAndGet();
            return super.createCheckpointStateOutputStream(scope);
          }
        };
    run(backend.snapshots().snapshot(1, 0, counting, options(type))).discardState();
    return streams.get();
  }

  private static List<String> ids(SnapshotResult<KeyedStateHandle> result) {
    return TestBackend.remote(result).getSharedState().stream()
        .map(HandleAndLocalPath::getHandle)
        .map(handle -> handle.getStreamStateHandleID().getKeyString())
        .sorted()
        .toList();
  }
}
