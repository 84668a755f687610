package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.AccessPatterns;
import io.basalt.statebackend.store.AccessPattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/**
 * The head of a snapshot.
 *
 * @param states in order; the position is the identity of a state in a canonical stream
 * @param compressed whether the key groups of a canonical stream are compressed
 */
record SnapshotMetadata(List<StateMetaInfoSnapshot> states, boolean compressed) {

  /** The tables of a native snapshot, by name. */
  Map<String, AccessPattern> tables() {
    Map<String, AccessPattern> tables = new LinkedHashMap<>();
    for (StateMetaInfoSnapshot state : states) {
      tables.put(state.getName(), AccessPatterns.of(state));
    }
    return tables;
  }
}
