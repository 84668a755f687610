package io.basalt.statebackend.lifecycle;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PhysicalStateHandleID;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * A file of a snapshot that is restored. Steps are its opening, some of its reads, and its closing;
 * an {@link EOFException} of a step means that the file ends there.
 */
final class SteppedFile implements StreamStateHandle {

  private final StreamStateHandle file;
  private final Steps steps;

  private SteppedFile(StreamStateHandle file, Steps steps) {
    this.file = file;
    this.steps = steps;
  }

  /** The same snapshot, every file of it stepped. */
  static KeyedStateHandle allOf(KeyedStateHandle handle, Steps steps) {
    if (handle instanceof IncrementalRemoteKeyedStateHandle remote) {
      return new IncrementalRemoteKeyedStateHandle(
          remote.getBackendIdentifier(),
          remote.getKeyGroupRange(),
          remote.getCheckpointId(),
          allOf(remote.getSharedState(), steps),
          allOf(remote.getPrivateState(), steps),
          new SteppedFile(remote.getMetaDataStateHandle(), steps));
    }
    if (handle instanceof IncrementalLocalKeyedStateHandle local) {
      return new IncrementalLocalKeyedStateHandle(
          local.getBackendIdentifier(),
          local.getCheckpointId(),
          local.getDirectoryStateHandle(),
          local.getKeyGroupRange(),
          new SteppedFile(local.getMetaDataStateHandle(), steps),
          local.getSharedStateHandles());
    }
    KeyGroupsStateHandle canonical = (KeyGroupsStateHandle) handle;
    return new KeyGroupsStateHandle(
        canonical.getGroupRangeOffsets(),
        new SteppedFile(canonical.getDelegateStateHandle(), steps));
  }

  private static List<HandleAndLocalPath> allOf(List<HandleAndLocalPath> files, Steps steps) {
    List<HandleAndLocalPath> stepped = new ArrayList<>();
    for (HandleAndLocalPath file : files) {
      stepped.add(
          HandleAndLocalPath.of(new SteppedFile(file.getHandle(), steps), file.getLocalPath()));
    }
    return stepped;
  }

  @Override
  public FSDataInputStream openInputStream() throws IOException {
    steps.reached();
    return new SteppedStream(file.openInputStream(), steps);
  }

  @Override
  public Optional<byte[]> asBytesIfInMemory() {
    return Optional.empty();
  }

  @Override
  public Optional<Path> maybeGetPath() {
    return file.maybeGetPath();
  }

  @Override
  public PhysicalStateHandleID getStreamStateHandleID() {
    return file.getStreamStateHandleID();
  }

  @Override
  public void discardState() {}

  @Override
  public long getStateSize() {
    return file.getStateSize();
  }

  private static final class SteppedStream extends FSDataInputStream {

    private final FSDataInputStream stream;
    private final Steps steps;
    private final CountDownLatch closed = new CountDownLatch(1);
    private int reads;
    private boolean ended;

    SteppedStream(FSDataInputStream stream, Steps steps) {
      this.stream = stream;
      this.steps = steps;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return goesOn() ? stream.read(target, offset, length) : -1;
    }

    @Override
    public int read() throws IOException {
      return goesOn() ? stream.read() : -1;
    }

    private boolean goesOn() throws IOException {
      if (!ended && Steps.isStep(++reads)) {
        try {
          steps.reached(closed);
        } catch (EOFException e) {
          ended = true;
        }
      }
      return !ended;
    }

    @Override
    public void close() throws IOException {
      boolean first = closed.getCount() > 0;
      closed.countDown();
      stream.close();
      if (first) {
        steps.reached(closed);
      }
    }

    @Override
    public void seek(long position) throws IOException {
      stream.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }
  }
}
