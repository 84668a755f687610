package io.basalt.statebackend.catalog;

import io.basalt.statebackend.store.AccessPattern;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.BackendStateType;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonOptionsKeys;

/** How the table of a state is read, by the state's kind. */
public final class AccessPatterns {

  private AccessPatterns() {}

  /** Of a state that is registered. */
  public static AccessPattern of(StateDescriptor.Type kind) {
    return kind == StateDescriptor.Type.MAP ? AccessPattern.KEYS_AND_RANGES : AccessPattern.KEYS;
  }

  /** Of a state in a snapshot. */
  public static AccessPattern of(StateMetaInfoSnapshot state) {
    if (state.getBackendStateType() == BackendStateType.PRIORITY_QUEUE) {
      return AccessPattern.RANGES;
    }
    String kind = state.getOption(CommonOptionsKeys.KEYED_STATE_TYPE);
    return StateDescriptor.Type.MAP.name().equals(kind)
        ? AccessPattern.KEYS_AND_RANGES
        : AccessPattern.KEYS;
  }
}
