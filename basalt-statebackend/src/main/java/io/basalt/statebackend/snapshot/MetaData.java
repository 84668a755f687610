package io.basalt.statebackend.snapshot;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointStreamWithResultProvider;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProvider;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The meta data of a native snapshot: the key serializer and the registered states, in Flink's
 * format. Taken on the task thread, written on a snapshot thread.
 */
final class MetaData {

  private final KeyedBackendSerializationProxy<?> proxy;

  MetaData(TypeSerializer<?> keySerializer, List<StateMetaInfoSnapshot> states) {
    // "Compressed" speaks of canonical key groups; RocksDB's files say themselves what they are.
    this.proxy = new KeyedBackendSerializationProxy<>(keySerializer, states, false);
  }

  /**
   * Writes it to checkpoint storage and, if wanted, into a local copy, which is missing from the
   * result if it fails.
   */
  SnapshotResult<StreamStateHandle> write(
      long checkpointId,
      CheckpointStreamFactory destination,
      @Nullable LocalSnapshotDirectoryProvider localCopies,
      CloseableRegistry streams)
      throws IOException {
    CheckpointStreamWithResultProvider stream =
        localCopies == null
            ? CheckpointStreamWithResultProvider.createSimpleStream(
                CheckpointedStateScope.EXCLUSIVE, destination)
            : CheckpointStreamWithResultProvider.createDuplicatingStream(
                checkpointId, CheckpointedStateScope.EXCLUSIVE, destination, localCopies);
    boolean finished = false;
    try {
      streams.registerCloseable(stream);
      proxy.write(new DataOutputViewStreamWrapper(stream.getCheckpointOutputStream()));
      if (!streams.unregisterCloseable(stream)) {
        throw new IOException("The snapshot was cancelled while its meta data was written.");
      }
      SnapshotResult<StreamStateHandle> result = stream.closeAndFinalizeCheckpointStreamResult();
      finished = true;
      return result;
    } finally {
      if (!finished) {
        streams.unregisterCloseable(stream);
        IOUtils.closeQuietly(stream);
      }
    }
  }
}
