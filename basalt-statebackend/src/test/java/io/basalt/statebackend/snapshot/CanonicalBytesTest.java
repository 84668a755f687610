package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SavepointSnapshotStrategy;
import org.apache.flink.runtime.state.SnappyStreamCompressionDecorator;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a canonical snapshot is written through is not to be seen in its bytes. */
class CanonicalBytesTest {

  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFileIsTheOneThatFlinkWritesByItself(boolean compressed) throws Exception {
    StreamCompressionDecorator compression =
        compressed
            ? SnappyStreamCompressionDecorator.INSTANCE
            : UncompressedStreamCompressionDecorator.INSTANCE;
    Random random = new Random();
    long seed = random.nextLong();
    random.setSeed(seed);
    try (TestBackend backend = TestBackend.create(temporary)) {
      backend.compression(compression);
      for (String name : List.of("small", "empty", "large")) {
        Table table = backend.addState(name);
        for (int i = name.equals("empty") ? 20_000 : 0; i < 20_000; i++) {
          boolean large = name.equals("large") && random.nextInt(500) == 0;
          byte[] key = new byte[1 + random.nextInt(large ? 100_000 : 20)];
          random.nextBytes(key);
          key[0] = (byte) random.nextInt(128);
          byte[] value = new byte[random.nextInt(large ? 200_000 : 100)];
          random.nextBytes(value);
          table.put(key, value);
        }
      }
      byte[] expected = write(backend, true, compression);
      assertThat(write(backend, false, compression)).as("seed %s", seed).isEqualTo(expected);
    }
  }

  private static byte[] write(
      TestBackend backend, boolean byFlinkItself, StreamCompressionDecorator compression)
      throws Exception {
    FullSnapshotResources<Integer> savepoint =
        backend.snapshots().savepoint().getSnapshotResources();
    FullSnapshotResources<Integer> written =
        byFlinkItself ? new Resources(savepoint, compression) : savepoint;
    try (CloseableRegistry streams = new CloseableRegistry()) {
      KeyedStateHandle handle =
          new SavepointSnapshotStrategy<>(written)
              .asyncSnapshot(
                  written,
                  1,
                  0,
                  backend.files(),
                  options(SavepointType.savepoint(SavepointFormatType.CANONICAL)))
              .get(streams)
              .getJobManagerOwnedSnapshot();
      assertThat(handle).isInstanceOf(KeyGroupsSavepointStateHandle.class);
      try (InputStream input = ((KeyGroupsSavepointStateHandle) handle).openInputStream()) {
        return input.readAllBytes();
      }
    } finally {
      savepoint.release();
    }
  }

  /** Always with Flink's own decorator. */
  private record Resources(
      FullSnapshotResources<Integer> savepoint, StreamCompressionDecorator compression)
      implements FullSnapshotResources<Integer> {

    @Override
    public List<StateMetaInfoSnapshot> getMetaInfoSnapshots() {
      return savepoint.getMetaInfoSnapshots();
    }

    @Override
    public KeyValueStateIterator createKVStateIterator() throws IOException {
      return savepoint.createKVStateIterator();
    }

    @Override
    public KeyGroupRange getKeyGroupRange() {
      return savepoint.getKeyGroupRange();
    }

    @Override
    public TypeSerializer<Integer> getKeySerializer() {
      return savepoint.getKeySerializer();
    }

    @Override
    public StreamCompressionDecorator getStreamCompressionDecorator() {
      return compression;
    }

    @Override
    public void release() {
      savepoint.release();
    }
  }
}
