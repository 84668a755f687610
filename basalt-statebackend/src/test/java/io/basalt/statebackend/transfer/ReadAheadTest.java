package io.basalt.statebackend.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadTest {

  private static final int LENGTH = 3_000_000;
  private static final long SEED = System.nanoTime();

  private final Random random = new Random(SEED);
  private final CloseableRegistry cancellation = new CloseableRegistry();

  @Test
  void givesTheFileFromWhereverItIsToldTo() throws Exception {
    byte[] content = new byte[LENGTH];
    random.nextBytes(content);
    try (ReadAhead file = ReadAhead.open(handle(content, LENGTH), "a snapshot", cancellation)) {
      assertThat(readFrom(file, 0, LENGTH)).as("seed %s", SEED).isEqualTo(content);
      assertThat(file.next()).isZero();
      for (int seek = 0; seek < 100; seek++) {
        int start = random.nextInt(LENGTH);
        int length = random.nextInt(LENGTH - start);
        file.seek(start);
        assertThat(readFrom(file, start, length))
            .as("seed %s, %s bytes from %s", SEED, length, start)
            .isEqualTo(Arrays.copyOfRange(content, start, start + length));
      }
    }
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
  }

  /** What was read ahead and failed is the caller's business only if he comes to it. */
  @Test
  void aFailureOfWhatIsNotWantedDoesNoHarm() throws Exception {
    byte[] content = new byte[LENGTH];
    random.nextBytes(content);
    int broken = LENGTH / 2;
    try (ReadAhead file = ReadAhead.open(handle(content, broken), "a snapshot", cancellation)) {
      file.seek(broken - 1);
      assertThat(readFrom(file, broken - 1, 1)).isEqualTo(new byte[] {content[broken - 1]});
      file.seek(100);
      assertThat(readFrom(file, 100, 1000)).isEqualTo(Arrays.copyOfRange(content, 100, 1100));
      file.seek(broken);
      assertThatThrownBy(file::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("of a snapshot")
          .hasStackTraceContaining("the file is broken there");
    }
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
  }

  private static byte[] readFrom(ReadAhead file, long start, int length) throws IOException {
    assertThat(file.position()).isEqualTo(start);
    byte[] bytes = new byte[length];
    int filled = 0;
    while (filled < length) {
      int count = Math.min(file.next(), length - filled);
      assertThat(count).as("bytes after %s", filled).isPositive();
      System.arraycopy(file.chunk(), 0, bytes, filled, count);
      filled += count;
    }
    return bytes;
  }

  /** A file that can be read up to a position; reads are short at times, as those of a network. */
  private StreamStateHandle handle(byte[] content, int broken) {
    return new ByteStreamStateHandle("file", content) {
      @Override
      public FSDataInputStream openInputStream() throws IOException {
        FSDataInputStream whole = super.openInputStream();
        return new FSDataInputStream() {
          @Override
          public void seek(long position) throws IOException {
            whole.seek(position);
          }

          @Override
          public long getPos() throws IOException {
            return whole.getPos();
          }

          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int left = broken - (int) getPos();
            if (left <= 0 && broken < LENGTH) {
              throw new IOException("the file is broken there");
            }
            int most = left <= 0 ? length : Math.min(length, left);
            return whole.read(target, offset, 1 + random.nextInt(most));
          }
        };
      }
    };
  }
}
