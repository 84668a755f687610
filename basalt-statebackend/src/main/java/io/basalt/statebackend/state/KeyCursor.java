package io.basalt.statebackend.state;

import static org.apache.flink.util.Preconditions.checkNotNull;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.CompositeKeyReader;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.jspecify.annotations.Nullable;

/**
 * Walks the distinct pairs of key and namespace of a state, or those of one namespace.
 *
 * <p>Relies on what serializers promise by being readable from a stream: no key's bytes are the
 * beginning of another's. So all entries of a pair lie next to each other, and an entry that starts
 * with the bytes of the pair before it belongs to that pair.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
final class KeyCursor<K, N> implements AutoCloseable {

  /** How many entries of the same pair are stepped over before a seek is worth its price. */
  private static final int STEPS_BEFORE_SEEK = 8;

  private final String state;
  private final EntryWalk entries;
  private final CompositeKeyReader<K, N> reader;
  private final byte @Nullable [] onlyNamespace;
  private byte @Nullable [] pair;

  /**
   * Takes over a walk that stands on its first entry.
   *
   * @param onlyNamespace the bytes of the one namespace that is wanted, or null for all
   */
  KeyCursor(
      String state,
      EntryWalk entries,
      CompositeKeyReader<K, N> reader,
      byte @Nullable [] onlyNamespace) {
    this.state = state;
    this.entries = entries;
    this.reader = reader;
    this.onlyNamespace = onlyNamespace;
  }

  /** A namespace as it stands in a key, with its length where that is written. */
  static <N> byte[] namespaceBytes(
      N namespace, TypeSerializer<N> namespaceSerializer, TypeSerializer<?> keySerializer) {
    DataOutputSerializer output = new DataOutputSerializer(32);
    try {
      CompositeKeySerializationUtils.writeNameSpace(
          namespace,
          namespaceSerializer,
          output,
          CompositeKeySerializationUtils.isAmbiguousKeyPossible(
              keySerializer, namespaceSerializer));
    } catch (IOException e) {
      throw new IllegalArgumentException("Could not serialize the namespace " + namespace, e);
    }
    return output.getCopyOfBuffer();
  }

  /**
   * Moves to the next pair. At the end, which is when it returns false, it closes itself and stays
   * there.
   */
  boolean advance() {
    if (pair != null) {
      skipPair(pair);
    }
    try {
      while (entries.isValid()) {
        byte[] entryKey = entries.key();
        int length = lengthOfWantedPair(entryKey);
        if (length > 0) {
          pair = Arrays.copyOf(entryKey, length);
          return true;
        }
        entries.next();
      }
    } catch (IOException e) {
      close();
      throw EntryFailure.readingKey(state, e);
    }
    close();
    return false;
  }

  /** The bytes of the current pair: key group, key, namespace. */
  byte[] pair() {
    return checkNotNull(pair);
  }

  K key() {
    try {
      return reader.readKey(pair());
    } catch (IOException e) {
      throw EntryFailure.readingKey(state, e);
    }
  }

  Tuple2<K, N> keyAndNamespace() {
    try {
      CompositeKeyReader.Parts<K, N> parts = reader.read(pair());
      return Tuple2.of(parts.key(), parts.namespace());
    } catch (IOException e) {
      throw EntryFailure.readingKey(state, e);
    }
  }

  @Override
  public void close() {
    entries.close();
  }

  /** How long key group, key and namespace are together, or 0 if the namespace is not wanted. */
  private int lengthOfWantedPair(byte[] entryKey) throws IOException {
    if (onlyNamespace == null) {
      return reader.userKeyOffset(entryKey);
    }
    int start = reader.namespaceOffset(entryKey);
    int end = start + onlyNamespace.length;
    return end <= entryKey.length
            && Arrays.equals(entryKey, start, end, onlyNamespace, 0, onlyNamespace.length)
        ? end
        : 0;
  }

  private void skipPair(byte[] skipped) {
    for (int steps = 0; entries.isValid() && startsWith(entries.key(), skipped); steps++) {
      if (steps < STEPS_BEFORE_SEEK) {
        entries.next();
      } else {
        entries.seek(Bounds.ofPrefix(skipped).upperExclusive());
      }
    }
  }

  private static boolean startsWith(byte[] entryKey, byte[] start) {
    return entryKey.length >= start.length
        && Arrays.equals(entryKey, 0, start.length, start, 0, start.length);
  }
}
