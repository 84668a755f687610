package io.basalt.statebackend.store;

import org.jspecify.annotations.Nullable;

/**
 * What a cursor is to show under a key in place of what its table has. Nobody changes the arrays
 * until the cursor is open, which has copies.
 */
public final class EntryAbove {

  private final byte[] key;
  private final byte @Nullable [] value;

  /**
   * An entry.
   *
   * @param value null if there is none
   */
  public EntryAbove(byte[] key, byte @Nullable [] value) {
    this.key = key;
    this.value = value;
  }

  byte[] key() {
    return key;
  }

  byte @Nullable [] value() {
    return value;
  }
}
