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

  /** Of which no key group is the next. */
  private static final int NONE = -2;

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

  /** Stands on the next entry that has not been given out, whatever its key group. */
  private final class TableEntries implements Entries {

    private final Cursor cursor;
    private final @Nullable StateSnapshotTransformer<byte[]> transformer;
    private int keyGroup;
    private byte @Nullable [] endKey;

    /** The last one that has been read to its end, behind which the cursor stands. */
    private int ended = NONE;

    TableEntries(Cursor cursor, @Nullable StateSnapshotTransformer<byte[]> transformer) {
      this.cursor = cursor;
      this.transformer = transformer;
    }

    @Override
    public boolean areOfATable() {
      return transformer == null;
    }

    @Override
    public void enter(int keyGroupToEnter, byte @Nullable [] first, byte @Nullable [] end) {
      keyGroup = keyGroupToEnter;
      endKey = end == null ? null : inKeyGroup(end);
      if (first != null) {
        cursor.seek(inKeyGroup(first));
      } else if (keyGroup != ended + 1) {
        cursor.seek(prefix.bytes(keyGroup));
      }
    }

    private byte[] inKeyGroup(byte[] keyOfAnother) {
      byte[] key = keyOfAnother.clone();
      System.arraycopy(prefix.bytes(keyGroup), 0, key, 0, prefix.width());
      return key;
    }

    @Override
    public boolean addNext(int state, EntryChunk chunk) throws IOException {
      while (cursor.isValid()) {
        cancellation.look();
        chunk.key(cursor);
        if (chunk.keyGroupOfKey(prefix) != keyGroup) {
          break;
        }
        if (endKey != null && !chunk.keyIsBefore(endKey)) {
          return false;
        }
        boolean added = add(state, chunk);
        cursor.next();
        if (added) {
          return true;
        }
      }
      ended = keyGroup;
      return false;
    }

    @Override
    public void close() {
      cursor.close();
    }

    /** Unless the transformer leaves it out. */
    private boolean add(int state, EntryChunk chunk) throws IOException {
      if (transformer == null) {
        chunk.add(keyGroup, state, cursor);
        return true;
      }
      byte[] included = transformer.filterOrTransform(cursor.value());
      if (included != null) {
        chunk.add(keyGroup, state, included);
      }
      return included != null;
    }
  }
}
