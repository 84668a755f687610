package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.store.Cursor;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.KeyGroup;
import org.apache.flink.runtime.state.restore.KeyGroupEntry;
import org.apache.flink.runtime.state.restore.SavepointRestoreResult;
import org.apache.flink.runtime.state.restore.ThrowingIterator;

/** The entries of states as text: name, key, value. */
final class Contents {

  private static final byte[] LOWEST = {0};
  private static final byte[] HIGHEST = {(byte) 0xFF};
  private static final HexFormat HEX = HexFormat.of();

  private Contents() {}

  /** What Flink's own reader finds in the range in canonical snapshots. */
  static Map<String, Map<String, String>> ofCanonical(
      Collection<? extends KeyedStateHandle> handles, KeyGroupRange range) throws Exception {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    List<KeyedStateHandle> ours =
        handles.stream().<KeyedStateHandle>map(h -> h.getIntersection(range)).toList();
    try (ThrowingIterator<SavepointRestoreResult> results =
        new FullSnapshotRestoreOperation<>(
                range,
                Contents.class.getClassLoader(),
                ours,
                StateSerializerProvider.fromNewRegisteredSerializer(IntSerializer.INSTANCE))
            .restore()) {
      while (results.hasNext()) {
        SavepointRestoreResult result = results.next();
        List<StateMetaInfoSnapshot> states = result.getStateMetaInfoSnapshots();
        states.forEach(state -> contents.computeIfAbsent(state.getName(), n -> new TreeMap<>()));
        try (ThrowingIterator<KeyGroup> keyGroups = result.getRestoredKeyGroups()) {
          while (keyGroups.hasNext()) {
            ThrowingIterator<KeyGroupEntry> entries = keyGroups.next().getKeyGroupEntries();
            while (entries.hasNext()) {
              KeyGroupEntry entry = entries.next();
              contents
                  .get(states.get(entry.getKvStateId()).getName())
                  .put(HEX.formatHex(entry.getKey()), HEX.formatHex(entry.getValue()));
            }
          }
        }
      }
    }
    return contents;
  }

  /** Everything in the tables of the catalog, inside the task's key groups or not. */
  static Map<String, Map<String, String>> of(RestoredState restored) {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    for (RegisteredState state : restored.catalog().all()) {
      Map<String, String> entries = new TreeMap<>();
      try (Cursor cursor = state.table().cursor(LOWEST, HIGHEST)) {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          entries.put(HEX.formatHex(cursor.key()), HEX.formatHex(cursor.value()));
        }
      }
      contents.put(state.name(), entries);
    }
    return contents;
  }
}
