package io.basalt.statebackend.program;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a run of programs has exercised. Thread-safe. */
final class Coverage {

  /** What every run must have met. */
  enum Event {
    PROGRAM,
    STEP,
    EXPIRED_ENTRY,
    USER_FAILURE,
    UNWRITABLE_VALUE,
    MEGABYTE_WRITTEN,
    KEY_STREAM_READ_OVER_WRITES,
    MAP_WALK_OVER_WRITES,
    NAMESPACE_MERGE,
    VISITED_ENTRY,
    TIMER_FIRED,
    TIMERS_ALL_IN_THE_TIER,
    SNAPSHOT_COMPLETED,
    SNAPSHOT_CANCELLED,
    SNAPSHOT_FAILED,
    SNAPSHOT_ABORTED,
    SNAPSHOT_OVERTAKEN,
    SNAPSHOT_LOST_WITH_THE_TASK,
    SNAPSHOTS_OVERLAPPING,
    FILE_UPLOADED,
    FILE_REUSED,
    RESTORE_OF_INCREMENTAL_CHECKPOINT,
    RESTORE_OF_FULL_CHECKPOINT,
    RESTORE_OF_NATIVE_SAVEPOINT,
    RESTORE_OF_CANONICAL_SAVEPOINT,
    RESTORE_OF_ONE_SNAPSHOT_AGAIN,
    RESTORE_JOINING_HANDLES,
    RESTORE_OF_PART_OF_A_HANDLE,
    RESTORE_BY_ANOTHER_BACKEND,
    STATE_MIGRATED,
    STATE_STARTS_TO_EXPIRE,
    STATE_STOPS_TO_EXPIRE,
    STATE_LIVES_LONGER,
    STATE_LIVES_SHORTER,
    EXPIRED_ENTRY_SEEN_AGAIN,
    EXPIRED_ENTRY_GONE,
    STATE_COMPACTED,
    TIER_HIT,
    TIER_ABSENT_HIT,
    TIER_MISS,
    TIER_EVICTION,
    TIER_EPOCH,
    MEMTABLE_FLUSH,
    COMPACTION,
    MERGE_OPERAND,
    FILTER_ASKED,
    ENTRY_DROPPED_BY_RANGE,
    ENTRY_DROPPED_BY_EXPIRY
  }

  private final Map<Event, Long> nativeBefore = SmallBuffers.counts();
  private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);

  Coverage() {
    for (Event event : Event.values()) {
      counts.put(event, new LongAdder());
    }
  }

  void count(Event event) {
    count(event, 1);
  }

  void count(Event event, long times) {
    counts.get(event).add(times);
  }

  long of(Event event) {
    return counts.get(event).sum();
  }

  /** The same with what RocksDB has counted since this was created. */
  Coverage withNativeCounts() {
    Coverage all = new Coverage();
    counts.forEach((event, count) -> all.count(event, count.sum()));
    nativeBefore.forEach(
        (event, before) -> all.count(event, SmallBuffers.counts().get(event) - before));
    return all;
  }

  /** What has not been met once. */
  List<Event> missing() {
    List<Event> missing = new ArrayList<>();
    counts.forEach(
        (event, count) -> {
          if (count.sum() == 0) {
            missing.add(event);
          }
        });
    return missing;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (event, count) ->
            text.append(
                "%-40s %,12d%n"
                    .formatted(
                        event.name().toLowerCase(Locale.ROOT).replace('_', ' '), count.sum())));
    return text.toString();
  }
}
