package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;

/**
 * Reads the keys that {@link CompositeKeyWriter} writes. One thread at a time; the serializers are
 * used as they are, so a reader for another thread takes duplicates.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
public final class CompositeKeyReader<K, N> {

  private final TypeSerializer<K> keySerializer;
  private final TypeSerializer<N> namespaceSerializer;
  private final KeyGroupPrefix prefix;
  private final boolean lengthsWritten;
  private final DataInputDeserializer input = new DataInputDeserializer();

  public CompositeKeyReader(
      TypeSerializer<K> keySerializer,
      TypeSerializer<N> namespaceSerializer,
      KeyGroupPrefix prefix) {
    this.keySerializer = keySerializer;
    this.namespaceSerializer = namespaceSerializer;
    this.prefix = prefix;
    this.lengthsWritten =
        CompositeKeySerializationUtils.isAmbiguousKeyPossible(keySerializer, namespaceSerializer);
  }

  /** Where the parts of a key lie. */
  public record Parts<K, N>(int keyGroup, K key, N namespace, int userKeyOffset) {}

  /** All parts of a key; what lies from the offset to the end is a map state's user key. */
  public Parts<K, N> read(byte[] bytes) throws IOException {
    K key = readKey(bytes);
    N namespace =
        CompositeKeySerializationUtils.readNamespace(namespaceSerializer, input, lengthsWritten);
    return new Parts<>(prefix.keyGroup(bytes), key, namespace, input.getPosition());
  }

  /** Only the key. */
  public K readKey(byte[] bytes) throws IOException {
    input.setBuffer(bytes, prefix.width(), bytes.length - prefix.width());
    return CompositeKeySerializationUtils.readKey(keySerializer, input, lengthsWritten);
  }

  /** Where the namespace starts: behind the key (and its length). */
  public int namespaceOffset(byte[] bytes) throws IOException {
    readKey(bytes);
    return input.getPosition();
  }

  /** Where a map state's user key starts: behind the namespace. */
  public int userKeyOffset(byte[] bytes) throws IOException {
    return read(bytes).userKeyOffset();
  }
}
