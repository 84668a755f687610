package io.basalt.statebackend.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a large file of a snapshot in chunks, on a thread of its own: the next chunk arrives while
 * the caller works on the last, and a caller who is interrupted or whose registry is closed leaves
 * at once, though storage does not answer.
 *
 * <p>Used by one thread, which closes it.
 */
public final class ReadAhead implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
  private static final int CHUNK_BYTES = 256 * 1024;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final StreamStateHandle source;
  private final SnapshotFile file;
  private final CloseableRegistry cancellation;
  private final Closeable cancelOnClose = this::cancel;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          new ExecutorThreadFactory("basalt-read-" + NUMBER.incrementAndGet()));

  private byte[] filled = new byte[CHUNK_BYTES];
  private byte[] filling = new byte[CHUNK_BYTES];
  private @Nullable CompletableFuture<Integer> arriving;
  private long position;

  private volatile boolean cancelled;
  private volatile boolean left;

  /** What the caller waits for. */
  private volatile @Nullable CompletableFuture<?> awaited;

  /** Set on the thread that reads. */
  private volatile @Nullable FSDataInputStream stream;

  private ReadAhead(StreamStateHandle source, String origin, CloseableRegistry cancellation) {
    this.source = source;
    this.file = SnapshotFile.of(source, origin);
    this.cancellation = cancellation;
  }

  /**
   * Opens the file, at its start.
   *
   * @param origin names the snapshot in errors
   * @param cancellation its closing ends every wait for storage with a CancellationException
   * @throws IOException naming the file and the snapshot if it cannot be opened
   */
  public static ReadAhead open(
      StreamStateHandle source, String origin, CloseableRegistry cancellation) throws IOException {
    ReadAhead opened = new ReadAhead(source, origin, cancellation);
    boolean complete = false;
    try {
      cancellation.registerCloseable(opened.cancelOnClose);
      opened.await(opened.start("open", opened::openStream));
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        opened.leave();
      }
    }
  }

  /**
   * Waits for the next bytes in the order of the file; they are in {@link #chunk} then.
   *
   * @return how many; 0 at the end of the file
   * @throws IOException naming the file and the snapshot if it cannot be read, or if the thread was
   *     interrupted
   */
  public int next() throws IOException {
    int count = await(arriving == null ? read() : arriving);
    byte[] chunk = filling;
    filling = filled;
    filled = chunk;
    position += count;
    arriving = count > 0 ? read() : null;
    return count;
  }

  /** The bytes that came last; they stay until the next ones are asked for. */
  public byte[] chunk() {
    return filled;
  }

  /** Where the next bytes are in the file. */
  public long position() {
    return position;
  }

  /** Goes on reading there. What was read ahead is not wanted any more, nor whether it failed. */
  public void seek(long target) throws IOException {
    arriving = null;
    await(
        start(
            "read",
            () -> {
              open().seek(target);
              return target;
            }));
    position = target;
  }

  /**
   * Closes the file, after the read that is under way.
   *
   * @throws IOException naming the file and the snapshot if that fails
   */
  @Override
  public void close() throws IOException {
    if (left) {
      return;
    }
    try {
      await(
          start(
              "close",
              () -> {
                FSDataInputStream closing = open();
                stream = null;
                closing.close();
                return closing;
              }));
    } finally {
      leave();
    }
  }

  private CompletableFuture<Integer> read() {
    byte[] target = filling;
    return start("read", () -> Math.max(0, open().read(target, 0, target.length)));
  }

  private FSDataInputStream openStream() throws IOException {
    FSDataInputStream opened = source.openInputStream();
    stream = opened;
    if (left) {
      // Storage came back after the caller had gone.
      IOUtils.closeQuietly(opened);
    }
    return opened;
  }

  private FSDataInputStream open() throws IOException {
    FSDataInputStream opened = stream;
    if (opened == null) {
      throw new IOException("the file is closed");
    }
    return opened;
  }

  private <T> CompletableFuture<T> start(String verb, Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(call.call());
          } catch (IOException e) {
            result.completeExceptionally(file.failed(verb, e));
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private <T> T await(CompletableFuture<T> result) throws IOException {
    awaited = result;
    // In this order, see cancel(): one of the two sees the other.
    if (cancelled) {
      throw cancellation();
    }
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("Interrupted while waiting for " + file + ".");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("Could not read " + file + ": " + e.getCause(), e.getCause());
    }
  }

  private void cancel() {
    cancelled = true;
    CompletableFuture<?> waiting = awaited;
    if (waiting != null) {
      waiting.completeExceptionally(cancellation());
    }
  }

  private CancellationException cancellation() {
    return new CancellationException("The reading of " + file + " was cancelled.");
  }

  /** Ends the thread; one that storage holds is left to itself, and closes the file when it can. */
  private void leave() {
    left = true;
    cancellation.unregisterCloseable(cancelOnClose);
    thread.shutdownNow();
    if (!Detached.end(thread, () -> IOUtils.closeQuietly(stream))) {
      LOG.warn("Storage does not answer: a thread is left behind that reads {}.", file);
    }
  }
}
