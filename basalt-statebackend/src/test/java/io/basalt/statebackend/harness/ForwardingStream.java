package io.basalt.statebackend.harness;

import java.io.IOException;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.StreamStateHandle;

/** A real stream of checkpoint storage, for tests to fail or delay. */
public class ForwardingStream extends CheckpointStateOutputStream {

  private final CheckpointStateOutputStream stream;

  public ForwardingStream(CheckpointStateOutputStream stream) {
    this.stream = stream;
  }

  @Override
  public StreamStateHandle closeAndGetHandle() throws IOException {
    return stream.closeAndGetHandle();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  @Override
  public long getPos() throws IOException {
    return stream.getPos();
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
  }

  @Override
  public void sync() throws IOException {
    stream.sync();
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    stream.write(bytes, offset, length);
  }
}
