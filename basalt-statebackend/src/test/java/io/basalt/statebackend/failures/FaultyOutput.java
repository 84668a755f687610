package io.basalt.statebackend.failures;

import io.basalt.statebackend.failures.StorageFault.Place;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;

/**
 * A file that is written, with a fault. How long it will be nobody knows, so its middle is the
 * middle of what is written first, and its last byte is held back until it is closed.
 */
final class FaultyOutput extends FSDataOutputStream {

  private final FSDataOutputStream file;
  private final Path path;
  private final StorageFault fault;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean begun;
  private int heldBack = -1;

  FaultyOutput(FSDataOutputStream file, Path path, StorageFault fault) {
    this.file = file;
    this.path = path;
    this.fault = fault;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    boolean first = !begun;
    begun = true;
    if (fault.place() == Place.LAST_BYTE) {
      writeHeldBack();
      file.write(bytes, offset, length - 1);
      heldBack = bytes[offset + length - 1] & 0xFF;
      return;
    }
    int before = first && fault.place() == Place.MIDDLE ? length / 2 : 0;
    file.write(bytes, offset, before);
    if (first && (fault.place() == Place.FIRST_BYTE || fault.place() == Place.MIDDLE)) {
      file.flush();
      fault.strike(path, closed);
    }
    file.write(bytes, offset + before, length - before);
  }

  private void writeHeldBack() throws IOException {
    if (heldBack >= 0) {
      file.write(heldBack);
      heldBack = -1;
    }
  }

  @Override
  public long getPos() throws IOException {
    return file.getPos() + (heldBack >= 0 ? 1 : 0);
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() throws IOException {
    boolean again = closed.getCount() == 0;
    closed.countDown();
    fault.closing();
    try {
      if (!again && !fault.hasStruck()) {
        if (fault.place() == Place.LAST_BYTE) {
          fault.strike(path, new CountDownLatch(1));
          writeHeldBack();
        } else if (fault.place() == Place.CLOSE) {
          fault.strike(path, new CountDownLatch(1));
        }
      }
    } finally {
      file.close();
    }
  }
}
