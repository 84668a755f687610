package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.ExactType;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * How the tier finds the entries of a state: by key and namespace themselves where both are of
 * {@linkplain ExactType exact types}, else by the bytes of the entry's key, for objects may be
 * equal and written differently, or the other way round, or changed by whoever has given them.
 *
 * <p>Task thread, but for {@link #entryKey}.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
final class StoredKeys<K, N> {

  private final TypeSerializer<K> keySerializer;
  private final EntryKeys<K, N> keys;
  private final @Nullable ExactType<K> keyType;
  private final @Nullable ExactType<N> namespaceType;

  /** What was found by bytes last: an operation that reads and writes serializes the key once. */
  private @Nullable StoredBytes last;

  private @Nullable K lastKey;
  private @Nullable N lastNamespace;
  private long lastSelection;

  StoredKeys(TypeSerializer<K> keySerializer, EntryKeys<K, N> keys) {
    this.keySerializer = keySerializer;
    this.keys = keys;
    ExactType<K> ofKeys = ExactType.of(keySerializer);
    ExactType<N> ofNamespaces = ExactType.of(keys.namespaceSerializer());
    this.keyType = ofNamespaces == null ? null : ofKeys;
    this.namespaceType = ofNamespaces;
  }

  /** Whether entries are found by keys and namespaces themselves, and not by their bytes. */
  boolean areObjects() {
    return keyType != null;
  }

  /** By what an entry is found, together with {@link #namespace}. */
  Object key(K key, int keyGroup, N namespace) {
    if (keyType != null) {
      return keyType.includes(key) ? key : exact(key, keySerializer);
    }
    // A namespace that may be changed may have been since.
    if (last != null
        && key == lastKey
        && namespace == lastNamespace
        && namespaceType != null
        && keys.writer().isSelected(key, keyGroup)
        && keys.writer().selections() == lastSelection) {
      return last;
    }
    StoredBytes bytes = new StoredBytes(keys.write(key, keyGroup, namespace));
    last = bytes;
    lastKey = key;
    lastNamespace = namespace;
    lastSelection = keys.writer().selections();
    return bytes;
  }

  /** Null where the bytes of the key have the namespace. */
  @Nullable Object namespace(N namespace) {
    if (keyType == null || namespaceType == null) {
      return null;
    }
    return namespaceType.includes(namespace)
        ? namespace
        : exact(namespace, keys.namespaceSerializer());
  }

  /** What both take on the heap. */
  int heapBytes(Object key, @Nullable Object namespace) {
    if (key instanceof StoredBytes bytes) {
      return bytes.heapBytes();
    }
    if (keyType == null || namespaceType == null || namespace == null) {
      throw new IllegalStateException("An entry was kept by another key: " + key);
    }
    return keyType.heapBytes(keyType.type().cast(key))
        + namespaceType.heapBytes(namespaceType.type().cast(namespace));
  }

  /**
   * The bytes of an entry's key.
   *
   * @param writing the keys of the thread that calls
   */
  byte[] entryKey(Object key, @Nullable Object namespace, int keyGroup, EntryKeys<K, N> writing) {
    if (key instanceof StoredBytes bytes) {
      return bytes.bytes();
    }
    if (keyType == null || namespaceType == null || namespace == null) {
      throw new IllegalStateException("An entry was kept by another key: " + key);
    }
    return writing.write(keyType.type().cast(key), keyGroup, namespaceType.type().cast(namespace));
  }

  /** What is read from the bytes of an object of another class, which may well not be written. */
  private static <T> T exact(T object, TypeSerializer<T> serializer) {
    ValueBytes<T> bytes = new ValueBytes<>(serializer);
    try {
      return bytes.read(bytes.write(object));
    } catch (IOException e) {
      throw new IllegalArgumentException("Could not serialize " + object, e);
    }
  }
}
