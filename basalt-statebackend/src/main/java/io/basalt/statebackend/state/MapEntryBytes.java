package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * User keys and values of one state as bytes. What has been written is the beginning of an array
 * that the next one is written to. Task thread.
 *
 * @param <U> the type of the user keys
 * @param <V> the type of the user values, which may be null
 */
final class MapEntryBytes<U, V> {

  private final String state;
  private final ValueBytes<U> keys;
  private final MapEntryValue<V> values;

  MapEntryBytes(String state, TypeSerializer<U> keySerializer, TypeSerializer<V> valueSerializer) {
    this.state = state;
    this.keys = new ValueBytes<>(keySerializer);
    this.values = new MapEntryValue<>(valueSerializer);
  }

  /** Writes a user key, and says how long it is. */
  int writeKey(U userKey) {
    try {
      return keys.writeToBuffer(userKey);
    } catch (IOException e) {
      throw new FlinkRuntimeException("Could not serialize the user key of a map state.", e);
    }
  }

  /** Begins with the user key that was written last. */
  byte[] key() {
    return keys.buffer();
  }

  /** Writes a value, or null, and says how long it is. */
  int writeValue(@Nullable V value, int keyGroup) {
    try {
      return values.writeToBuffer(value);
    } catch (IOException e) {
      throw EntryFailure.writing(state, keyGroup, e);
    }
  }

  /** Begins with the value that was written last. */
  byte[] value() {
    return values.buffer();
  }

  U readKey(byte[] bytes, int offset, int length, int keyGroup) {
    try {
      return keys.read(bytes, offset, length);
    } catch (IOException e) {
      throw EntryFailure.reading(state, keyGroup, e);
    }
  }

  @Nullable V readValue(byte[] bytes, int offset, int length, int keyGroup) {
    try {
      return values.read(bytes, offset, length);
    } catch (IOException e) {
      throw EntryFailure.reading(state, keyGroup, e);
    }
  }
}
