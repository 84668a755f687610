package io.basalt.statebackend.hot;

/** What has been changed under a key. Nobody changes the key's bytes. */
public final class ChangedEntry {

  private final byte[] key;
  private final Object value;

  /**
   * A change.
   *
   * @param value the stored form, which may be changed in place later, or {@link HotTable#ABSENT}
   */
  public ChangedEntry(byte[] key, Object value) {
    this.key = key;
    this.value = value;
  }

  /** The bytes of the key. */
  public byte[] key() {
    return key;
  }

  /** Whether there is anything under it. */
  public boolean isPresent() {
    return value != HotTable.ABSENT;
  }

  /** The stored form of what is there, which may be changed in place later. */
  public Object value() {
    return value;
  }
}
