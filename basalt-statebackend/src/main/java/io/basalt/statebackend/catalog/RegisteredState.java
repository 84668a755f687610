package io.basalt.statebackend.catalog;

import io.basalt.statebackend.store.Table;
import org.apache.flink.runtime.state.RegisteredStateMetaInfoBase;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.jspecify.annotations.Nullable;

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

  /** What the snapshot says of it that it was restored from; null once it is claimed. */
  private @Nullable StateMetaInfoSnapshot restored;

  private boolean isNew;

  /** One that the job has just registered. */
  RegisteredState(Table table, RegisteredStateMetaInfoBase metaInfo) {
    this.table = table;
    this.metaInfo = metaInfo;
    this.isNew = true;
  }

  /** One that is not claimed yet. */
  RegisteredState(Table table, StateMetaInfoSnapshot restored) {
    this(table, RegisteredStateMetaInfoBase.fromMetaInfoSnapshot(restored));
    this.restored = restored;
    this.isNew = false;
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

  /**
   * The description that a registration changes and claims the state with. Unless it is claimed
   * already it is a new one: a registration that is refused leaves everything as it was restored.
   */
  public RegisteredStateMetaInfoBase metaInfoToUpdate() {
    return restored == null ? metaInfo : RegisteredStateMetaInfoBase.fromMetaInfoSnapshot(restored);
  }

  /** Whether the running job has registered it. */
  public boolean isClaimed() {
    return restored == null;
  }

  /** Whether it has been registered only once, with nothing restored: it began without entries. */
  public boolean isNew() {
    return isNew;
  }

  /** The job has registered it: from now on described so. */
  public void claim(RegisteredStateMetaInfoBase newMetaInfo) {
    this.metaInfo = newMetaInfo;
    this.restored = null;
    this.isNew = false;
  }
}
