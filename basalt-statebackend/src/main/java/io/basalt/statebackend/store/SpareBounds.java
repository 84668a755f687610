package io.basalt.statebackend.store;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Buffers for the bounds of later cursors. Those of closed ones are given back here and not left to
 * the garbage collector: what it has yet to free counts towards the JVM's limit of direct memory,
 * which Flink sets low, and a task may walk over a map with each record. Thread-safe.
 */
final class SpareBounds {

  /** More cursors are hardly ever open at once. */
  private static final int MOST = 64;

  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();

  /** An empty buffer for {@link CursorOptions#LONGEST_KEPT_BOUND} bytes. */
  ByteBuffer take() {
    ByteBuffer buffer;
    synchronized (buffers) {
      buffer = buffers.poll();
    }
    return buffer == null
        ? ByteBuffer.allocateDirect(CursorOptions.LONGEST_KEPT_BOUND)
        : buffer.clear();
  }

  /** Nobody reads the buffer any more. */
  void give(ByteBuffer buffer) {
    synchronized (buffers) {
      if (buffers.size() < MOST) {
        buffers.push(buffer);
      }
    }
  }
}
