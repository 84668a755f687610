package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.HotTier;
import io.basalt.statebackend.hot.UnwrittenKeys;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.store.Table;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One value under a key and namespace, kept in the tier as long as it is hot. The table is asked
 * for what the tier does not know, and gets changes when the tier writes them.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of the value
 */
final class HotValues<K, N, V> implements EntryOperations<K, N, V> {

  private final HotTable hot;
  private final UnwrittenKeys unwritten;
  private final Table table;
  private final WindowsBelow windows;
  private final StoredKeys<K, N> keys;
  private final EntryKeys<K, N> entryKeys;
  private final StoredValues<V> values;
  private final HighestKeys highest;

  HotValues(
      HotTable hot,
      Table table,
      HighestKeys highest,
      TypeSerializer<K> keySerializer,
      EntryKeys<K, N> entryKeys,
      TypeSerializer<V> valueSerializer,
      WindowsBelow windows) {
    this.hot = hot;
    this.unwritten = hot.unwrittenKeys();
    this.table = table;
    this.highest = highest;
    this.windows = windows;
    this.keys = new StoredKeys<>(keySerializer, entryKeys);
    this.entryKeys = entryKeys;
    this.values = new StoredValues<>(table.name(), valueSerializer);
  }

  @Override
  public @Nullable V get(K key, int keyGroup, N namespace) {
    Object hotKey = keys.key(key, keyGroup, namespace);
    Object hotNamespace = keys.namespace(namespace);
    Object stored = hot.get(hotKey, hotNamespace);
    if (stored == null) {
      stored = windows.mayHave(namespace) ? read(hotKey, hotNamespace, keyGroup) : HotTable.ABSENT;
    }
    return stored == HotTable.ABSENT ? null : values.value(stored, keyGroup);
  }

  @Override
  public void put(K key, int keyGroup, N namespace, V value) {
    Object hotKey = keys.key(key, keyGroup, namespace);
    Object hotNamespace = keys.namespace(namespace);
    Object changeable = hot.changeable(hotKey, hotNamespace);
    // What cannot be written leaves all as it was.
    Object stored = values.of(value, keyGroup, changeable);
    if (stored == changeable) {
      return;
    }
    if (hot.isPassedBy(hotKey, hotNamespace)) {
      byte[] entryKey = keys.entryKey(hotKey, hotNamespace, keyGroup, entryKeys);
      highest.written(entryKey, keyGroup);
      windows.add(entryKey);
      table.putBuffered(entryKey, values.bytes(stored, keyGroup));
      hot.passedBy();
      return;
    }
    int keyBytes = keys.heapBytes(hotKey, hotNamespace);
    int valueBytes = values.heapBytes(stored);
    if (windows.mayHave(namespace)) {
      hot.put(hotKey, hotNamespace, keyGroup, keyBytes, stored, valueBytes);
    } else {
      unwritten.put(hotKey, hotNamespace, keyGroup, keyBytes, stored, valueBytes);
    }
  }

  @Override
  public void remove(K key, int keyGroup, N namespace) {
    Object hotKey = keys.key(key, keyGroup, namespace);
    Object hotNamespace = keys.namespace(namespace);
    if (windows.include(namespace)
        && unwritten.leave(hotKey, hotNamespace, windows.mayHave(namespace))) {
      return;
    }
    if (hot.isPassedBy(hotKey, hotNamespace)) {
      table.deleteBuffered(keys.entryKey(hotKey, hotNamespace, keyGroup, entryKeys));
      hot.passedBy();
      return;
    }
    hot.remove(hotKey, hotNamespace, keyGroup, keys.heapBytes(hotKey, hotNamespace));
  }

  /** Finds below what the tier does not know, and lets it know. */
  private Object read(Object hotKey, @Nullable Object hotNamespace, int keyGroup) {
    long version = hot.version();
    byte[] entryKey = keys.entryKey(hotKey, hotNamespace, keyGroup, entryKeys);
    boolean mayBeThere = highest.mayHave(entryKey, keyGroup);
    byte[] found = mayBeThere ? table.get(entryKey) : null;
    Object stored = found == null ? HotTable.ABSENT : values.ofBytes(found, keyGroup);
    hot.offer(
        hotKey,
        hotNamespace,
        keyGroup,
        keys.heapBytes(hotKey, hotNamespace),
        stored,
        found == null ? 0 : values.heapBytes(stored),
        version);
    if (mayBeThere && found == null) {
      windows.haveNot();
    }
    return stored;
  }

  /** Has notes of the same keys and windows kept here if entries are found by these themselves. */
  void keepNotes(HotTier tier) {
    if (windows.areWindows() && keys.areObjects()) {
      tier.keepNotes(hot);
    }
  }

  /** The bytes of entries' keys, for the task thread. */
  KeyBytes keyBytes() {
    return (key, namespace, keyGroup) -> keys.entryKey(key, namespace, keyGroup, entryKeys);
  }

  /**
   * Writes entries of the tier into the table.
   *
   * @param writer writes keys for that thread alone
   * @param valueSerializer the same for values
   * @param writes into the table
   */
  EntryWriter writer(
      CompositeKeyWriter<K> writer, TypeSerializer<V> valueSerializer, SortedWrites writes) {
    EntryKeys<K, N> ownKeys = new EntryKeys<>(writer, entryKeys.namespaceSerializer());
    StoredValues<V> ownValues = new StoredValues<>(table.name(), valueSerializer);
    return new EntryWriter() {
      @Override
      public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
        byte[] entryKey = keys.entryKey(key, namespace, keyGroup, ownKeys);
        highest.written(entryKey, keyGroup);
        windows.add(entryKey);
        writes.put(table, entryKey, ownValues.bytes(value, keyGroup));
      }

      @Override
      public void remove(Object key, @Nullable Object namespace, int keyGroup) {
        writes.delete(table, keys.entryKey(key, namespace, keyGroup, ownKeys));
      }
    };
  }
}
