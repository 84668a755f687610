package io.basalt.statebackend.restore;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.PhysicalStateHandleID;
import org.apache.flink.runtime.state.StreamStateHandle;

/** A file that tells when it is read, on any thread. */
record WatchedFile(StreamStateHandle file, Runnable whenRead) implements StreamStateHandle {

  @Override
  public FSDataInputStream openInputStream() throws IOException {
    FSDataInputStream input = file.openInputStream();
    return new FSDataInputStream() {
      @Override
      public void seek(long position) throws IOException {
        input.seek(position);
      }

      @Override
      public long getPos() throws IOException {
        return input.getPos();
      }

      @Override
      public int read() throws IOException {
        whenRead.run();
        return input.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        whenRead.run();
        return input.read(target, offset, length);
      }

      @Override
      public void close() throws IOException {
        input.close();
      }
    };
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
