package io.basalt.statebackend.restore;

import java.util.List;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/**
 * The head of a snapshot.
 *
 * @param states in order; the position is the identity of a state in a canonical stream
 * @param compressed whether the key groups of a canonical stream are compressed
 */
record SnapshotMetadata(List<StateMetaInfoSnapshot> states, boolean compressed) {}
