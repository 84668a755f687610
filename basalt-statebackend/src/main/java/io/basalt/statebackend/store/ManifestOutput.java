package io.basalt.statebackend.store;

import java.io.ByteArrayOutputStream;

/** Writes what {@link ManifestInput} reads. */
final class ManifestOutput {

  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ManifestOutput number(long number) {
    long rest = number;
    while ((rest & -MORE) != 0) {
      bytes.write((int) (rest & (MORE - 1)) | MORE);
      rest >>>= BITS;
    }
    bytes.write((int) rest);
    return this;
  }

  ManifestOutput array(byte[] array) {
    number(array.length);
    bytes.writeBytes(array);
    return this;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
