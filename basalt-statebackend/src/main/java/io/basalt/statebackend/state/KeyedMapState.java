package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.MapEntryValue;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.jspecify.annotations.Nullable;

/**
 * Map state. {@link #keys} and {@link #values} stay with the key and namespace they were asked for
 * under; {@link #entries} looks up the current ones each time it is iterated. Both as in Flink's
 * RocksDB backend.
 */
final class KeyedMapState<K, N, U, V> extends KeyedState<K, N, Map<U, V>>
    implements InternalMapState<K, N, U, V> {

  private MapOperations<K, N, U, V> operations;

  KeyedMapState(StateBinding<K, N, Map<U, V>> binding) {
    super(binding);
    operations = operationsOf(binding);
  }

  @Override
  void rebind(StateBinding<K, N, Map<U, V>> newBinding) {
    super.rebind(newBinding);
    operations = operationsOf(newBinding);
  }

  @Override
  MapOperations<K, N, U, V> operations() {
    return operations;
  }

  @Override
  public @Nullable V get(U userKey) {
    return operations.get(currentKey(), currentKeyGroup(), currentNamespace(), userKey);
  }

  @Override
  public void put(U userKey, @Nullable V userValue) {
    operations.put(currentKey(), currentKeyGroup(), currentNamespace(), userKey, userValue);
  }

  @Override
  public void putAll(@Nullable Map<U, V> map) {
    if (map != null) {
      operations.putAll(currentKey(), currentKeyGroup(), currentNamespace(), map);
    }
  }

  @Override
  public void remove(U userKey) {
    operations.remove(currentKey(), currentKeyGroup(), currentNamespace(), userKey);
  }

  @Override
  public boolean contains(U userKey) {
    return operations.contains(currentKey(), currentKeyGroup(), currentNamespace(), userKey);
  }

  @Override
  public boolean isEmpty() {
    return operations.isEmpty(currentKey(), currentKeyGroup(), currentNamespace());
  }

  @Override
  public Iterable<Map.Entry<U, V>> entries() {
    return this::iterator;
  }

  @Override
  public Iterable<U> keys() {
    return operations.iterable(
        currentKey(), currentKeyGroup(), currentNamespace(), Map.Entry::getKey);
  }

  @Override
  public Iterable<V> values() {
    return operations.iterable(
        currentKey(), currentKeyGroup(), currentNamespace(), Map.Entry::getValue);
  }

  @Override
  public Iterator<Map.Entry<U, V>> iterator() {
    return operations.iterator(currentKey(), currentKeyGroup(), currentNamespace(), entry -> entry);
  }

  @Override
  byte @Nullable [] readSerialized(
      Table source, byte[] entryKey, TypeSerializer<Map<U, V>> safeValueSerializer)
      throws Exception {
    MapSerializer<U, V> serializer = (MapSerializer<U, V>) safeValueSerializer;
    ValueBytes<U> userKeys = new ValueBytes<>(serializer.getKeySerializer());
    MapEntryValue<V> userValues = new MapEntryValue<>(serializer.getValueSerializer());
    Map<U, V> map = new LinkedHashMap<>();
    Bounds bounds = Bounds.ofPrefix(entryKey);
    try (Cursor cursor = source.cursor(bounds.lowerInclusive(), bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        map.put(userKeys.read(cursor.key(), entryKey.length), userValues.read(cursor.value()));
      }
    }
    return map.isEmpty()
        ? null
        : KvStateSerializer.serializeMap(
            map.entrySet(), serializer.getKeySerializer(), serializer.getValueSerializer());
  }

  private static <K, N, U, V> MapOperations<K, N, U, V> operationsOf(
      StateBinding<K, N, Map<U, V>> binding) {
    MapSerializer<U, V> serializer = (MapSerializer<U, V>) binding.valueSerializer();
    HotStates<K> hot = binding.hot();
    HotMapKeys known = hot == null ? null : hot.maps(binding.table(), expiryOf(binding));
    return new MapOperations<>(
        known == null
            ? new TableEntries(binding.context().database(), binding.table())
            : known.entries(),
        known,
        hot == null || known == null ? null : hot.together(binding, known),
        binding.entryKeys(),
        serializer.getKeySerializer(),
        serializer.getValueSerializer(),
        binding.context().collections().rangeDeleteEntries().value());
  }

  private static @Nullable MapExpiry expiryOf(StateBinding<?, ?, ?> binding) {
    StateTtlConfig expiry = binding.descriptor().getTtlConfig();
    return expiry.isEnabled()
        ? new MapExpiry(expiry.getTimeToLive().toMillis(), binding.context().clock())
        : null;
  }
}
