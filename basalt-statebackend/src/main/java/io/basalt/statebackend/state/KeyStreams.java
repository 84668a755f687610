package io.basalt.statebackend.state;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.CompositeKeyReader;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The keys under which states have entries, in the byte order of key group, key and namespace.
 *
 * <p>Every stream is read lazily and shows the states as they were when it was asked for, whatever
 * is written while it is read. It holds a cursor for each state: the caller closes it (a stream
 * that is read to its end closes itself); a database that closes takes the cursors with it, and
 * reading on is then an {@link IllegalStateException}. Task thread only.
 *
 * @param <K> the type of the key
 */
public final class KeyStreams<K> {

  private static final byte @Nullable [] ALL_NAMESPACES = null;

  private final Catalog catalog;
  private final TypeSerializer<K> keySerializer;
  private final KeyGroupPrefix prefix;
  private final Bounds bounds;
  private final @Nullable HotStates<K> hot;

  /**
   * Streams of the keys of states in the catalog.
   *
   * @param keyContext says which key groups there are, and which of them are here
   * @param hot has changes of the states; null for none
   */
  public KeyStreams(
      Catalog catalog,
      InternalKeyContext<K> keyContext,
      TypeSerializer<K> keySerializer,
      @Nullable HotStates<K> hot) {
    this.hot = hot;
    this.catalog = catalog;
    this.keySerializer = keySerializer;
    this.prefix = KeyGroupPrefix.forKeyGroups(keyContext.getNumberOfKeyGroups());
    this.bounds = prefix.bounds(keyContext.getKeyGroupRange());
  }

  /** The distinct keys of a state in a namespace; none if there is no such state. */
  public <N> Stream<K> keys(String state, N namespace) {
    return keys(List.of(state), namespace);
  }

  /**
   * The distinct keys that at least one of the states has in the namespace. Names of no state are
   * passed over.
   *
   * @param states must have the same namespace serializer
   */
  public <N> Stream<K> keys(List<String> states, N namespace) {
    List<KeyCursor<K, N>> cursors = new ArrayList<>();
    try {
      for (String name : states) {
        RegisteredState state = find(name);
        if (state != null) {
          cursors.add(open(state, namespaceBytes(state, namespace)));
        }
      }
    } catch (RuntimeException | Error e) {
      IOUtils.closeAllQuietly(cursors);
      throw e;
    }
    return stream(new MergedKeys<>(cursors));
  }

  /** The distinct pairs of key and namespace of a state; none if there is no such state. */
  public <N> Stream<Tuple2<K, N>> keysAndNamespaces(String state) {
    RegisteredState registered = find(state);
    return registered == null
        ? Stream.empty()
        : stream(new PairsOfKeys<>(this.<N>open(registered, ALL_NAMESPACES)));
  }

  private @Nullable RegisteredState find(String name) {
    RegisteredState state = catalog.find(name);
    // Timers are in the catalog too, and have no keys of this form.
    return state != null && state.metaInfo() instanceof RegisteredKeyValueStateBackendMetaInfo
        ? state
        : null;
  }

  private <N> byte[] namespaceBytes(RegisteredState state, N namespace) {
    return KeyCursor.namespaceBytes(
        namespace, KeyStreams.<N>metaInfoOf(state).getNamespaceSerializer(), keySerializer);
  }

  private <N> KeyCursor<K, N> open(RegisteredState state, byte @Nullable [] onlyNamespace) {
    TypeSerializer<N> namespaceSerializer =
        KeyStreams.<N>metaInfoOf(state).getNamespaceSerializer();
    return new KeyCursor<>(
        state.name(),
        entries(state.table()),
        new CompositeKeyReader<>(keySerializer, namespaceSerializer, prefix),
        onlyNamespace);
  }

  private EntryWalk entries(Table table) {
    if (hot != null) {
      return hot.walk(table, bounds);
    }
    Cursor cursor = table.cursor(bounds.lowerInclusive(), bounds.upperExclusive());
    cursor.seekToFirst();
    return EntryWalk.of(cursor);
  }

  // The caller's namespace is of the type the state was registered with.
  @SuppressWarnings("unchecked")
  private static <N> RegisteredKeyValueStateBackendMetaInfo<N, ?> metaInfoOf(
      RegisteredState state) {
    return (RegisteredKeyValueStateBackendMetaInfo<N, ?>) state.metaInfo();
  }

  private static <T, I extends Iterator<T> & AutoCloseable> Stream<T> stream(I iterator) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                iterator, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
            false)
        .onClose(() -> IOUtils.closeQuietly(iterator));
  }
}
