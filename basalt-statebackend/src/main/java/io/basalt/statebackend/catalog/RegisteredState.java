package io.basalt.statebackend.catalog;

import io.basalt.statebackend.store.Table;
import org.apache.flink.runtime.state.RegisteredStateMetaInfoBase;

/**
 * One state that lives in the database: its table and what Flink knows about it.
 *
 * <p>A restored state is here before the job has named it: <i>unclaimed</i>, with the serializers
 * of the snapshot. Until the job registers it (claims it) it is kept, snapshotted and restored
 * untouched; a job that never does loses nothing. Task thread only.
 */
public final class RegisteredState {

  private final Table table;
  private RegisteredStateMetaInfoBase metaInfo;
  private boolean claimed;

  RegisteredState(Table table, RegisteredStateMetaInfoBase metaInfo, boolean claimed) {
    this.table = table;
    this.metaInfo = metaInfo;
    this.claimed = claimed;
  }

  /** The name, unique among all states and timers of an operator. */
  public String name() {
    return table.name();
  }

  /** Where the entries are. */
  public Table table() {
    return table;
  }

  /** Flink's description: kind, serializers of before and now. */
  public RegisteredStateMetaInfoBase metaInfo() {
    return metaInfo;
  }

  /** Whether the running job has registered it. */
  public boolean isClaimed() {
    return claimed;
  }

  /** The job has registered it: from now on described so. */
  public void claim(RegisteredStateMetaInfoBase newMetaInfo) {
    this.metaInfo = newMetaInfo;
    this.claimed = true;
  }
}
