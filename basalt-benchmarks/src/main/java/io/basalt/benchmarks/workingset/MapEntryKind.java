package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/** One of the entries of a key's map. */
final class MapEntryKind implements Kind {

  private static final String STATE = "counts";

  @Override
  public String name() {
    return "map-entry";
  }

  @Override
  public String description() {
    return "one entry of a map of %d entries (`Long` to `Long`); sizes count entries"
        .formatted(Sizes.MAP_ENTRIES);
  }

  @Override
  public int entriesOfKey() {
    return Sizes.MAP_ENTRIES;
  }

  @Override
  public int heapMegabytesOfMillion() {
    return 250;
  }

  @Override
  public boolean hasScans() {
    return true;
  }

  @Override
  public Scans scans(Subtask<Long> subtask, int keys) throws Exception {
    // The map that has just been changed.
    return new Scans(subtask, state(subtask), Long.MAX_VALUE, STATE);
  }

  private static MapState<Long, Long> state(Subtask<Long> subtask) throws Exception {
    return subtask.state(
        new MapStateDescriptor<>(STATE, LongSerializer.INSTANCE, LongSerializer.INSTANCE));
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    MapState<Long, Long> state = state(subtask);
    var backend = subtask.backend();
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        backend.setCurrentKey(key / Sizes.MAP_ENTRIES);
        state.put(key % Sizes.MAP_ENTRIES, key);
      }

      @Override
      public boolean change(long key) throws Exception {
        backend.setCurrentKey(key / Sizes.MAP_ENTRIES);
        long entry = key % Sizes.MAP_ENTRIES;
        Long value = state.get(entry);
        state.put(entry, value == null ? key : value + 1);
        return value != null;
      }

      @Override
      public boolean read(long key) throws Exception {
        backend.setCurrentKey(key / Sizes.MAP_ENTRIES);
        return state.get(key % Sizes.MAP_ENTRIES) != null;
      }
    };
  }
}
