package io.basalt.statebackend.failures;

import io.basalt.statebackend.failures.StorageFault.Place;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;

/** A file that is read, with a fault in front of one of its bytes or at its closing. */
final class FaultyInput extends FSDataInputStream {

  private final FSDataInputStream file;
  private final Path path;
  private final StorageFault fault;
  private final long at;
  private final CountDownLatch closed = new CountDownLatch(1);

  FaultyInput(FSDataInputStream file, Path path, StorageFault fault, long length) {
    this.file = file;
    this.path = path;
    this.fault = fault;
    this.at =
        switch (fault.place()) {
          case FIRST_BYTE -> 0;
          case MIDDLE -> length / 2;
          case LAST_BYTE -> Math.max(0, length - 1);
          case OPEN, CLOSE -> Long.MAX_VALUE;
        };
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    long position = file.getPos();
    int whole = length;
    if (!fault.hasStruck() && position <= at && position + length > at) {
      whole = (int) (at - position);
      if (whole == 0) {
        fault.strike(path, closed);
        whole = length;
      }
    }
    return file.read(target, offset, whole);
  }

  @Override
  public void seek(long position) throws IOException {
    file.seek(position);
  }

  @Override
  public long getPos() throws IOException {
    return file.getPos();
  }

  @Override
  public void close() throws IOException {
    boolean again = closed.getCount() == 0;
    closed.countDown();
    fault.closing();
    try {
      if (!again && fault.place() == Place.CLOSE && !fault.hasStruck()) {
        fault.strike(path, new CountDownLatch(1));
      }
    } finally {
      file.close();
    }
  }
}
