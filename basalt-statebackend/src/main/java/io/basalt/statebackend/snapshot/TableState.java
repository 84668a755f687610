package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.RegisteredStateMetaInfoBase;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.jspecify.annotations.Nullable;

/**
 * A table of the database as of a view. Its bytes are those of a canonical snapshot already; all
 * that happens to them is the state's snapshot transformer, which leaves out expired values.
 */
final class TableState implements CanonicalState {

  private final Table table;
  private final StateSnapshotTransformFactory<?> transformers;
  private final Supplier<ReadView> view;
  private final KeyGroupRange keyGroupRange;
  private final KeyGroupPrefix prefix;
  private final Cancellation cancellation;

  /**
   * Called on the task thread: the factory of transformers changes as states are registered.
   *
   * @param view asked for when the state is opened
   */
  TableState(
      Table table,
      RegisteredStateMetaInfoBase metaInfo,
      Supplier<ReadView> view,
      KeyGroupRange keyGroupRange,
      KeyGroupPrefix prefix,
      Cancellation cancellation) {
    this.table = table;
    this.transformers =
        metaInfo instanceof RegisteredKeyValueStateBackendMetaInfo<?, ?> keyValue
            ? keyValue.getStateSnapshotTransformFactory()
            : StateSnapshotTransformFactory.noTransform();
    this.view = view;
    this.keyGroupRange = keyGroupRange;
    this.prefix = prefix;
    this.cancellation = cancellation;
  }

  @Override
  public Entries open() throws IOException {
    // One cursor serves all key groups: opening and seeking for each would cost more than reading
    // where there are many key groups and few entries.
    Bounds bounds = prefix.bounds(keyGroupRange);
    // First, as it may fail: it is the user's.
    StateSnapshotTransformer<byte[]> transformer =
        transformers.createForSerializedState().orElse(null);
    return new TableEntries(
        table.cursor(bounds.lowerInclusive(), bounds.upperExclusive(), view.get()), transformer);
  }

  /** Stands on the next entry that is not yet given out, whatever its key group. */
  private final class TableEntries implements Entries {

    private final Cursor cursor;
    private final @Nullable StateSnapshotTransformer<byte[]> transformer;
    private boolean started;
    private int enteredKeyGroup = -1;
    private int keyGroup = -1;
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    TableEntries(Cursor cursor, @Nullable StateSnapshotTransformer<byte[]> transformer) {
      this.cursor = cursor;
      this.transformer = transformer;
    }

    @Override
    public boolean enter(int keyGroupToEnter) throws IOException {
      if (!started) {
        started = true;
        cursor.seekToFirst();
        settle();
      }
      enteredKeyGroup = keyGroupToEnter;
      return standsInKeyGroup();
    }

    @Override
    public boolean advance() throws IOException {
      cursor.next();
      settle();
      return standsInKeyGroup();
    }

    @Override
    public byte[] key() {
      return required(key);
    }

    @Override
    public byte[] value() {
      return required(value);
    }

    @Override
    public void close() {
      cursor.close();
    }

    private boolean standsInKeyGroup() {
      return key != null && keyGroup == enteredKeyGroup;
    }

    /** Steps over what the transformer leaves out. */
    private void settle() throws IOException {
      while (cursor.isValid()) {
        cancellation.check();
        byte[] included = transform(cursor.value());
        if (included != null) {
          byte[] current = cursor.key();
          key = current;
          value = included;
          keyGroup = prefix.keyGroup(current);
          return;
        }
        cursor.next();
      }
      key = null;
      value = null;
    }

    private byte @Nullable [] transform(byte[] stored) {
      return transformer == null ? stored : transformer.filterOrTransform(stored);
    }

    private byte[] required(byte @Nullable [] bytes) {
      if (bytes == null) {
        throw new IllegalStateException("State '" + table.name() + "' has no further entry.");
      }
      return bytes;
    }
  }
}
