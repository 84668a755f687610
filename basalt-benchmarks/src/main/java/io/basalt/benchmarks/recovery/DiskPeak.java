package io.basalt.benchmarks.recovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The most bytes that a directory held at once, as seen by a thread that looks every {@value
 * #EVERY_MILLIS} ms and when it is closed. Counted are the sizes of files, each file once however
 * many names it has in the directory: RocksDB links files. A file with another name outside of the
 * directory counts as well.
 */
final class DiskPeak implements AutoCloseable {

  private static final long EVERY_MILLIS = 10;

  private final Path directory;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::watch, "disk peak");
  private volatile long peak;
  private volatile @Nullable IOException failure;

  DiskPeak(Path directory) {
    this.directory = directory;
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      boolean last;
      do {
        last = closed.await(EVERY_MILLIS, TimeUnit.MILLISECONDS);
        peak = Math.max(peak, bytes(directory));
      } while (!last);
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What it holds now. */
  static long bytes(Path directory) throws IOException {
    Set<Object> seen = new HashSet<>();
    long[] bytes = new long[1];
    if (Files.exists(directory)) {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (seen.add(attributes.fileKey())) {
                bytes[0] += attributes.size();
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              return unlessGone(e);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                throws IOException {
              return e == null ? FileVisitResult.CONTINUE : unlessGone(e);
            }
          });
    }
    return bytes[0];
  }

  private static FileVisitResult unlessGone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  /** Ends the watch; only then it is known. */
  long end() throws InterruptedException {
    close();
    IOException e = failure;
    if (e != null) {
      throw new UncheckedIOException(e);
    }
    return peak;
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    thread.join();
  }
}
