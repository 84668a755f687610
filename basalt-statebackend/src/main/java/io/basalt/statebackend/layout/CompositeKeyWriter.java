package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.SerializedCompositeKeyBuilder;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the keys of entries.
 *
 * <pre>
 *   | key group | key | [length of key] | namespace | [length of namespace] | [user key] |
 *     1 or 2 B                                                                map state only
 * </pre>
 *
 * The two lengths are there only where both the key's and the namespace's serializer write a
 * variable number of bytes, because then two different pairs could else give the same bytes. A
 * length is written behind what it measures, low byte first, in as few bytes as it takes; that is
 * enough to tell pairs apart, and keeps all namespaces of a key together.
 *
 * <p>A task works on one key for many operations: {@link #select} fixes the bytes of the current
 * key once (a key object that is mutated afterwards keeps its entry), and calls that name that same
 * object start from them. A key of an {@linkplain ExactType exact type} is not written before it is
 * needed, for it cannot be mutated. Any other key is written from scratch. Task thread only.
 *
 * @param <K> the type of the key
 */
public final class CompositeKeyWriter<K> {

  private static final int INITIAL_BYTES = 32;

  private final SerializedCompositeKeyBuilder<K> selected;
  private final SerializedCompositeKeyBuilder<K> other;
  private final @Nullable ExactType<K> exactType;
  private @Nullable K selectedKey;
  private int selectedKeyGroup = -1;
  private boolean selectedIsWritten;
  private long selections;

  public CompositeKeyWriter(TypeSerializer<K> keySerializer, KeyGroupPrefix prefix) {
    exactType = ExactType.of(keySerializer);
    selected = new SerializedCompositeKeyBuilder<>(keySerializer, prefix.width(), INITIAL_BYTES);
    other = new SerializedCompositeKeyBuilder<>(keySerializer, prefix.width(), INITIAL_BYTES);
  }

  /** Makes this the current key and fixes its bytes. */
  public void select(K key, int keyGroup) {
    selections++;
    // First: if it cannot be written there is no current key.
    selectedKey = null;
    selectedIsWritten = exactType == null || !exactType.includes(key);
    if (selectedIsWritten) {
      selected.setKeyAndKeyGroup(key, keyGroup);
    }
    selectedKey = key;
    selectedKeyGroup = keyGroup;
  }

  /** Whether this object is the current key. */
  public boolean isSelected(K key, int keyGroup) {
    return key == selectedKey && keyGroup == selectedKeyGroup;
  }

  /**
   * How often a key has been selected: as long as that is the same, so is what it is written as.
   */
  public long selections() {
    return selections;
  }

  /** The key of an entry; for a map state the common prefix of all its entries. */
  public <N> byte[] write(K key, int keyGroup, N namespace, TypeSerializer<N> namespaceSerializer) {
    return builder(key, keyGroup).buildCompositeKeyNamespace(namespace, namespaceSerializer);
  }

  /** The key of a map state's entry. */
  public <N, U> byte[] write(
      K key,
      int keyGroup,
      N namespace,
      TypeSerializer<N> namespaceSerializer,
      U userKey,
      TypeSerializer<U> userKeySerializer) {
    try {
      return builder(key, keyGroup)
          .buildCompositeKeyNamesSpaceUserKey(
              namespace, namespaceSerializer, userKey, userKeySerializer);
    } catch (IOException e) {
      throw new FlinkRuntimeException("Could not serialize the user key of a map state.", e);
    }
  }

  private SerializedCompositeKeyBuilder<K> builder(K key, int keyGroup) {
    if (isSelected(key, keyGroup)) {
      if (!selectedIsWritten) {
        selected.setKeyAndKeyGroup(key, keyGroup);
        selectedIsWritten = true;
      }
      return selected;
    }
    other.setKeyAndKeyGroup(key, keyGroup);
    return other;
  }
}
