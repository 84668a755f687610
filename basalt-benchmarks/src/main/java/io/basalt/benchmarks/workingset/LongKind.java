package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/** A counter. */
final class LongKind implements Kind {

  private static final String STATE = "count";
  private static final int KEYS_WITH_MAPS = 20_000;
  private static final long ENTRIES = 3;

  @Override
  public String name() {
    return "long";
  }

  @Override
  public String description() {
    return "a value of type `Long`";
  }

  @Override
  public int entriesOfKey() {
    return 1;
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
    MapState<Long, Long> map =
        subtask.state(
            new MapStateDescriptor<>("beside", LongSerializer.INSTANCE, LongSerializer.INSTANCE));
    int keysWithMaps = Math.min(keys, KEYS_WITH_MAPS);
    for (long key = 0; key < keysWithMaps; key++) {
      subtask.backend().setCurrentKey(key);
      for (long entry = 0; entry < ENTRIES; entry++) {
        map.put(entry, entry);
      }
    }
    return new Scans(subtask, map, keysWithMaps, STATE);
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    ValueState<Long> state =
        subtask.state(new ValueStateDescriptor<>(STATE, LongSerializer.INSTANCE));
    var backend = subtask.backend();
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        backend.setCurrentKey(key);
        state.update(key);
      }

      @Override
      public boolean change(long key) throws Exception {
        backend.setCurrentKey(key);
        Long value = state.value();
        state.update(value == null ? key : value + 1);
        return value != null;
      }

      @Override
      public boolean read(long key) throws Exception {
        backend.setCurrentKey(key);
        return state.value() != null;
      }
    };
  }
}
