package io.basalt.statebackend.store;

/** How the entries of a table are read, which decides what its files and memtables look like. */
public enum AccessPattern {
  /** By whole keys. */
  KEYS(true, false),
  /** By whole keys, and by walking over those that begin alike. */
  KEYS_AND_RANGES(true, true),
  /** By walking over ranges only: a filter of keys would never be asked. */
  RANGES(false, false);

  private final boolean filtered;
  private final boolean walksOverDeletions;

  AccessPattern(boolean filtered, boolean walksOverDeletions) {
    this.filtered = filtered;
    this.walksOverDeletions = walksOverDeletions;
  }

  /** Whether a filter of keys is of use. */
  boolean isFiltered() {
    return filtered;
  }

  /**
   * Whether iterations step over what was deleted before them. Those of {@link #RANGES} begin
   * behind what they have taken out.
   */
  boolean walksOverDeletions() {
    return walksOverDeletions;
  }
}
