package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Table;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One value under a key and namespace, in one entry.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of the value
 */
final class ValueOperations<K, N, V> implements EntryOperations<K, N, V> {

  private final Table table;
  private final EntryKeys<K, N> keys;
  private final ValueBytes<V> values;

  ValueOperations(Table table, EntryKeys<K, N> keys, TypeSerializer<V> valueSerializer) {
    this.table = table;
    this.keys = keys;
    this.values = new ValueBytes<>(valueSerializer);
  }

  @Override
  public @Nullable V get(K key, int keyGroup, N namespace) {
    byte[] bytes = table.get(keys.write(key, keyGroup, namespace));
    if (bytes == null) {
      return null;
    }
    try {
      return values.read(bytes);
    } catch (IOException e) {
      throw EntryFailure.reading(table.name(), keyGroup, e);
    }
  }

  @Override
  public void put(K key, int keyGroup, N namespace, V value) {
    byte[] bytes;
    try {
      bytes = values.write(value);
    } catch (IOException e) {
      throw EntryFailure.writing(table.name(), keyGroup, e);
    }
    table.put(keys.write(key, keyGroup, namespace), bytes);
  }

  @Override
  public void remove(K key, int keyGroup, N namespace) {
    table.delete(keys.write(key, keyGroup, namespace));
  }
}
