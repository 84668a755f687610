package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static org.apache.flink.util.Preconditions.checkNotNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A user's class that cannot be loaded any more fails a snapshot with an {@link Error}. A lease
 * that it left behind would keep the task from ever ending.
 */
class SnapshotFailureTest {

  private static final SnapshotType CANONICAL =
      SavepointType.savepoint(SavepointFormatType.CANONICAL);

  @TempDir Path temporary;

  @Test
  void anErrorInTheSynchronousPartKeepsNothingOpen() throws Exception {
    LinkageError gone = new NoClassDefFoundError("a serializer");
    TestBackend backend = TestBackend.create(temporary);
    backend.addState("state");
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    KeyedStateSnapshots<Integer> snapshots =
        backend.snapshots(
            () -> {
              throw gone;
            });

    assertThatThrownBy(() -> snapshots.snapshot(1, 0, backend.files(), options(CANONICAL)))
        .isSameAs(gone);
    assertThatThrownBy(snapshots::savepoint).isSameAs(gone);

    assertThat(NativeCount.open()).isEqualTo(openBefore);
    assertThat(backend.database.leases()).isZero();
    // Not on every path: it would wait forever for a lease that is left.
    backend.close();
  }

  @Test
  void anErrorInTheAsynchronousPartKeepsNoCursorOpen() throws Exception {
    try (TestBackend backend = TestBackend.create(temporary)) {
      backend.addState("first");
      backend.addState("second", new UnloadableTransformers());
      Map<NativeCount.Kind, Long> openBefore = NativeCount.open();

      FullSnapshotResources<Integer> savepoint =
          backend.snapshots().savepoint().getSnapshotResources();
      assertThatThrownBy(savepoint::createKVStateIterator).isInstanceOf(NoClassDefFoundError.class);
      savepoint.release();

      assertThat(backend.database.leases()).isZero();
      assertThat(NativeCount.open()).isEqualTo(openBefore);
    }
  }

  static final List<Throwable> FAILURES =
      List.of(
          new IllegalStateException("a value that cannot be read"),
          new NoClassDefFoundError("a class of the value"));

  /** Entries are read by a thread of their own. */
  @ParameterizedTest
  @FieldSource("FAILURES")
  void whatFailsAtAnyEntryFailsTheSavepointAsItIs(Throwable failure) throws Exception {
    for (int before : List.of(0, 1, 5_000, 19_999)) {
      try (TestBackend backend = TestBackend.create(temporary.resolve("before-" + before))) {
        Table state =
            backend.addState("state", new SerializedTransform(new FailingAfter(before, failure)));
        for (int key = 0; key < 20_000; key++) {
          backend.put(state, key % 128, key, "value");
        }
        Map<NativeCount.Kind, Long> openBefore = NativeCount.open();

        var savepoint = backend.snapshots().snapshot(1, 0, backend.files(), options(CANONICAL));
        savepoint.run();

        assertThatThrownBy(savepoint::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isSameAs(failure);
        assertThat(backend.filesInStorage()).isEmpty();
        assertThat(backend.database.leases()).isZero();
        assertThat(NativeCount.open()).isEqualTo(openBefore);
      }
    }
  }

  private record FailingAfter(AtomicInteger before, Throwable failure)
      implements StateSnapshotTransformer<byte[]> {

    FailingAfter(int before, Throwable failure) {
      this(new AtomicInteger(before), failure);
    }

    @Override
    public byte[] filterOrTransform(byte @Nullable [] value) {
      if (before.getAndDecrement() == 0) {
        ExceptionUtils.rethrow(failure);
      }
      return checkNotNull(value);
    }
  }

  private static final class UnloadableTransformers
      implements StateSnapshotTransformFactory<String> {

    @Override
    public Optional<StateSnapshotTransformer<String>> createForDeserializedState() {
      throw new NoClassDefFoundError("a transformer");
    }

    @Override
    public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
      throw new NoClassDefFoundError("a transformer");
    }
  }
}
