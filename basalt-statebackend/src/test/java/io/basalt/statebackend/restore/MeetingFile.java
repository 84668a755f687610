package io.basalt.statebackend.restore;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.PhysicalStateHandleID;
import org.apache.flink.runtime.state.StreamStateHandle;

/** A file that can be read only once others are being read, too. */
record MeetingFile(StreamStateHandle file, CountDownLatch missing) implements StreamStateHandle {

  @Override
  public FSDataInputStream openInputStream() throws IOException {
    missing.countDown();
    try {
      missing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return file.openInputStream();
  }

  @Override
  public Optional<byte[]> asBytesIfInMemory() {
    return Optional.empty();
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
}
