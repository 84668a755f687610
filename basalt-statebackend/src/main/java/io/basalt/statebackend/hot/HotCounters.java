package io.basalt.statebackend.hot;

/**
 * What has happened in a table since it was opened. Written by the task thread; others see figures
 * that were true a moment ago.
 */
public final class HotCounters {

  long entries;
  long bytes;
  long changed;
  long hits;
  long absentHits;
  long misses;
  long evictions;
  long passedBy;

  HotCounters() {}

  public long entries() {
    return entries;
  }

  /** What they take on the heap. */
  public long bytes() {
    return bytes;
  }

  /** Entries that have been changed since the last barrier and are to be written. */
  public long changed() {
    return changed;
  }

  void found(boolean isAbsent) {
    if (isAbsent) {
      absentHits++;
    } else {
      hits++;
    }
  }

  /** Lookups that found a value. */
  public long hits() {
    return hits;
  }

  /** Lookups that found that there is none. */
  public long absentHits() {
    return absentHits;
  }

  /** Lookups that found nothing known. */
  public long misses() {
    return misses;
  }

  public long evictions() {
    return evictions;
  }

  /** Changes that were made below at once, as entries that are put are not asked for again. */
  public long passedBy() {
    return passedBy;
  }
}
