package io.basalt.statebackend.hot;

/**
 * What has happened in a table since it was opened. Written by the task thread; others see figures
 * that were true a moment ago.
 */
public final class HotCounters {

  long entries;
  long hits;
  long absentHits;
  long misses;
  long evictions;

  HotCounters() {}

  public long entries() {
    return entries;
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
}
