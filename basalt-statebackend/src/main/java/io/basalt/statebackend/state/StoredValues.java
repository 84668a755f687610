package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.layout.SharedValue;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What the tier keeps of a value: the bits of a number, the object itself if it can be {@linkplain
 * SharedValue shared}, else its bytes, of which every read makes a fresh object: that is what a
 * read has to give, and no copy of an object is sure to be the same.
 *
 * <p>One thread at a time.
 *
 * @param <V> the type of the values
 */
final class StoredValues<V> {

  /** What is kept of null, where the serializer writes it. */
  private static final Object NULL = new Object();

  /** The head of an array and what fills its last word. */
  private static final int ARRAY_OVERHEAD_BYTES = 16 + 7;

  private final String state;
  private final ValueBytes<V> bytes;
  private final StoredNumber.@Nullable Form<V> numbers;
  private final @Nullable SharedValue<V> type;

  StoredValues(String state, TypeSerializer<V> serializer) {
    this.state = state;
    this.bytes = new ValueBytes<>(serializer);
    this.numbers = StoredNumber.Form.of(serializer);
    this.type = numbers == null ? SharedValue.of(serializer) : null;
  }

  /**
   * The stored form of a value, which is serializable then.
   *
   * @param changeable see {@link HotTable#changeable}; what is returned, if it could become that
   */
  Object of(V value, int keyGroup, @Nullable Object changeable) {
    if (numbers != null && numbers.includes(value)) {
      return numbers.stored(value, changeable);
    }
    if (type != null && type.includes(value)) {
      return type.normal(value);
    }
    int length = writeToBuffer(value, keyGroup);
    if (numbers == null
        && type == null
        && changeable instanceof byte[] array
        && array.length == length) {
      bytes.copyTo(array);
      return array;
    }
    // With another class than the type's, or null: what its serializer makes of it.
    return ofBytes(bytes.copy(), keyGroup);
  }

  /** The stored form of what has been found below. */
  Object ofBytes(byte[] found, int keyGroup) {
    if (type == null && numbers == null) {
      return found;
    }
    V value = read(found, keyGroup);
    if (value == null) {
      return NULL;
    }
    return numbers == null ? value : numbers.stored(value, null);
  }

  /** The value, for whoever asks for it. */
  @Nullable V value(Object stored, int keyGroup) {
    if (stored == NULL) {
      return null;
    }
    if (numbers != null) {
      return numbers.number(stored);
    }
    return type == null ? read((byte[]) stored, keyGroup) : type.cast(stored);
  }

  /** As it is written below. */
  byte[] bytes(Object stored, int keyGroup) {
    if (type == null && numbers == null) {
      return (byte[]) stored;
    }
    writeToBuffer(value(stored, keyGroup), keyGroup);
    return bytes.copy();
  }

  /** What the stored form takes on the heap. */
  int heapBytes(Object stored) {
    if (stored == NULL) {
      return 0;
    }
    if (numbers != null) {
      return StoredNumber.HEAP_BYTES;
    }
    return type == null
        ? ARRAY_OVERHEAD_BYTES + ((byte[]) stored).length
        : type.heapBytes(type.cast(stored));
  }

  // A serializer that cannot write null says so itself.
  @SuppressWarnings("NullAway")
  private int writeToBuffer(@Nullable V value, int keyGroup) {
    try {
      return bytes.writeToBuffer(value);
    } catch (IOException e) {
      throw EntryFailure.writing(state, keyGroup, e);
    }
  }

  private @Nullable V read(byte[] stored, int keyGroup) {
    try {
      return bytes.read(stored);
    } catch (IOException e) {
      throw EntryFailure.reading(state, keyGroup, e);
    }
  }
}
