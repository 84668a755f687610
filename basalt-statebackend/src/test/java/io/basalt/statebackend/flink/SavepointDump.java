package io.basalt.statebackend.flink;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.KeyGroup;
import org.apache.flink.runtime.state.restore.KeyGroupEntry;
import org.apache.flink.runtime.state.restore.SavepointRestoreResult;
import org.apache.flink.runtime.state.restore.ThrowingIterator;

/**
 * What canonical savepoints hold, read with Flink's own reader: keys and values in hexadecimal, by
 * name of state. It says everything of a backend's state, whatever it was restored from.
 */
record SavepointDump(TreeMap<String, TreeMap<String, String>> contents) {

  static <K> SavepointDump of(
      Collection<KeyedStateHandle> handles, KeyGroupRange range, TypeSerializer<K> keySerializer)
      throws Exception {
    TreeMap<String, TreeMap<String, String>> contents = new TreeMap<>();
    FullSnapshotRestoreOperation<K> reader =
        new FullSnapshotRestoreOperation<>(
            range,
            SavepointDump.class.getClassLoader(),
            handles,
            StateSerializerProvider.fromNewRegisteredSerializer(keySerializer));
    try (ThrowingIterator<SavepointRestoreResult> savepoints = reader.restore()) {
      while (savepoints.hasNext()) {
        read(savepoints.next(), contents);
      }
    }
    return new SavepointDump(contents);
  }

  private static void read(
      SavepointRestoreResult savepoint, TreeMap<String, TreeMap<String, String>> contents)
      throws Exception {
    List<StateMetaInfoSnapshot> states = savepoint.getStateMetaInfoSnapshots();
    for (StateMetaInfoSnapshot state : states) {
      contents.computeIfAbsent(state.getName(), name -> new TreeMap<>());
    }
    HexFormat hexadecimal = HexFormat.of();
    try (ThrowingIterator<KeyGroup> groups = savepoint.getRestoredKeyGroups()) {
      while (groups.hasNext()) {
        try (ThrowingIterator<KeyGroupEntry> entries = groups.next().getKeyGroupEntries()) {
          while (entries.hasNext()) {
            KeyGroupEntry entry = entries.next();
            contents
                .get(states.get(entry.getKvStateId()).getName())
                .put(
                    hexadecimal.formatHex(entry.getKey()),
                    hexadecimal.formatHex(entry.getValue()));
          }
        }
      }
    }
  }
}
