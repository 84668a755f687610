package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.CompositeKeyWriter;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * Writes the keys of one state's entries.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
record EntryKeys<K, N>(CompositeKeyWriter<K> writer, TypeSerializer<N> namespaceSerializer) {

  byte[] write(K key, int keyGroup, N namespace) {
    return writer.write(key, keyGroup, namespace, namespaceSerializer);
  }

  <U> byte[] write(
      K key, int keyGroup, N namespace, U userKey, TypeSerializer<U> userKeySerializer) {
    return writer.write(key, keyGroup, namespace, namespaceSerializer, userKey, userKeySerializer);
  }
}
