package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
