package io.basalt.statebackend.store;

import java.nio.ByteBuffer;

/**
 * Memory outside of the heap through which a thread hands entries to RocksDB, which copies arrays
 * twice. One for a thread and not for a file: Flink allows little direct memory, and a restore may
 * have many files under way. One thread at a time.
 */
public final class EntryBuffers {

  /** Longer ones are rare, and go in as arrays. */
  private static final int KEY_BYTES = 4 << 10;

  private static final int VALUE_BYTES = 64 << 10;

  private final ByteBuffer key = ByteBuffer.allocateDirect(KEY_BYTES);
  private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);

  boolean fit(int keyBytes, int valueBytes) {
    return keyBytes <= KEY_BYTES && valueBytes <= VALUE_BYTES;
  }

  ByteBuffer key(byte[] array, int offset, int length) {
    return key.clear().put(array, offset, length).flip();
  }

  ByteBuffer value(byte[] array, int offset, int length) {
    return value.clear().put(array, offset, length).flip();
  }
}
