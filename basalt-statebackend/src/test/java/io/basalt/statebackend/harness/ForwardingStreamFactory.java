package io.basalt.statebackend.harness;

import java.io.IOException;
import java.util.List;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;

/** Real checkpoint storage, for tests to fail or delay. */
public class ForwardingStreamFactory implements CheckpointStreamFactory {

  private final CheckpointStreamFactory storage;

  public ForwardingStreamFactory(CheckpointStreamFactory storage) {
    this.storage = storage;
  }

  @Override
  public CheckpointStateOutputStream createCheckpointStateOutputStream(CheckpointedStateScope scope)
      throws IOException {
    return storage.createCheckpointStateOutputStream(scope);
  }

  @Override
  public boolean canFastDuplicate(StreamStateHandle handle, CheckpointedStateScope scope)
      throws IOException {
    return storage.canFastDuplicate(handle, scope);
  }

  @Override
  public List<StreamStateHandle> duplicate(
      List<StreamStateHandle> handles, CheckpointedStateScope scope) throws IOException {
    return storage.duplicate(handles, scope);
  }
}
