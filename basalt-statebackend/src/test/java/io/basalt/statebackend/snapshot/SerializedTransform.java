package io.basalt.statebackend.snapshot;

import java.util.Optional;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;

/** What a savepoint does with the bytes of every value, as a time to live would. */
record SerializedTransform(StateSnapshotTransformer<byte[]> transformer)
    implements StateSnapshotTransformFactory<String> {

  @Override
  public Optional<StateSnapshotTransformer<String>> createForDeserializedState() {
    return Optional.empty();
  }

  @Override
  public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
    return Optional.of(transformer);
  }
}
