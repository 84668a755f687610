package io.basalt.benchmarks.recovery;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Lets the disk have what was written so far. Linux makes whoever writes wait for the disk once so
 * much of the memory is unwritten, no matter who has written it: some gigabytes of one backend's
 * savepoint made the next backend's floor, plain copying, take five times as long.
 */
final class Writeback {

  private static final long MOST_MINUTES = 5;

  private Writeback() {}

  /** Waits until it is on the disk. Where there is no {@code sync} it is left as it is. */
  static void await() throws IOException, InterruptedException {
    Process sync;
    try {
      sync = new ProcessBuilder("sync").start();
    } catch (IOException e) {
      // Not a system that has it.
      return;
    }
    if (!sync.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
      sync.destroyForcibly();
      throw new IOException("The disk is busy for minutes.");
    }
  }
}
