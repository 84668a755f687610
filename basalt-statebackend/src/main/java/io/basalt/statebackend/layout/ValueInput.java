package io.basalt.statebackend.layout;

import org.apache.flink.core.memory.DataInputDeserializer;

/**
 * Bytes to read values from, which can be looked at before they are read. One thread at a time.
 *
 * <p>Flink's input does not say which array it reads.
 */
// Only what is read now is there: the object is never written.
@SuppressWarnings("serial")
public final class ValueInput extends DataInputDeserializer {

  private static final byte[] NONE = new byte[0];

  private byte[] array = NONE;

  /** Reads a part of the array from now on. */
  public void set(byte[] bytes, int offset, int length) {
    setBuffer(bytes, offset, length);
    array = bytes;
  }

  /** What is read, of which the next byte is at {@link #getPosition}. */
  byte[] array() {
    return array;
  }
}
