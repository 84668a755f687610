package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * What a job does to state beside single reads and writes: it walks over a small map after every
 * ten changes, and looks at the first thousand keys of a state once a second.
 *
 * <p>A thousand, because a walk over all keys of a large state would leave time for nothing else.
 */
final class Scans {

  private static final int CHANGES = 10;
  private static final int KEYS = 1_000;

  private final CheckpointableKeyedStateBackend<Long> backend;
  private final MapState<Long, Long> map;
  private final long keysWithMaps;
  private final String stateOfKeys;
  private int changes;
  private long seen;

  /**
   * @param map what is walked over
   * @param keysWithMaps keys below have one
   * @param stateOfKeys the state whose keys are looked at
   */
  Scans(Subtask<Long> subtask, MapState<Long, Long> map, long keysWithMaps, String stateOfKeys) {
    this.backend = subtask.backend();
    this.map = map;
    this.keysWithMaps = keysWithMaps;
    this.stateOfKeys = stateOfKeys;
  }

  /** Call after each change of the value of a key of the backend. */
  void afterChange(long key) throws Exception {
    if (++changes % CHANGES == 0) {
      backend.setCurrentKey(key % keysWithMaps);
      long entries = 0;
      for (Map.Entry<Long, Long> entry : map.entries()) {
        entries += entry.getValue() == null ? 0 : 1;
      }
      if (entries == 0) {
        throw new IllegalStateException("The map of key " + key % keysWithMaps + " is empty");
      }
      seen += entries;
    }
  }

  /** Call once a second. */
  void lookAtKeys() {
    try (Stream<Long> keys = backend.getKeys(stateOfKeys, VoidNamespace.INSTANCE)) {
      seen += keys.limit(KEYS).count();
    }
  }

  /** Entries and keys so far. */
  long seen() {
    return seen;
  }
}
