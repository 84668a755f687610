package io.basalt.statebackend.restore;

import io.basalt.statebackend.transfer.ReadAhead;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of a file of a snapshot.
 *
 * <p>Flink's local files are read without a buffer, and the format of snapshots is read in lengths
 * and flags: a system call for each of their bytes is most of the time of such a restore. A seek
 * within the chunk costs nothing, as key groups mostly follow each other.
 *
 * <p>One thread; the file stays its opener's to close.
 */
final class BufferedSnapshotInput extends InputStream {

  private final ReadAhead file;
  private byte[] chunk;

  /** Where in the file the chunk starts. */
  private long chunkStart;

  private int position;
  private int limit;

  BufferedSnapshotInput(ReadAhead file) {
    this.file = file;
    this.chunk = file.chunk();
    this.chunkStart = file.position();
  }

  /** Goes on reading there. */
  void seek(long target) throws IOException {
    if (target >= chunkStart && target <= chunkStart + limit) {
      position = (int) (target - chunkStart);
      return;
    }
    file.seek(target);
    chunkStart = target;
    position = 0;
    limit = 0;
  }

  @Override
  public int read() throws IOException {
    return position < limit || fill() ? chunk[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == limit && !fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(chunk, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    chunkStart += limit;
    position = 0;
    limit = file.next();
    chunk = file.chunk();
    return limit > 0;
  }
}
