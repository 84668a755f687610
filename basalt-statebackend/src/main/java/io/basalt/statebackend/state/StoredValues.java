package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotTable;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What the tier keeps of a value: an object of its {@linkplain StoredForm form}, or its bytes, of
 * which every read makes a fresh object: that is what a read has to give, and no copy of an object
 * is sure to be the same.
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

  /** Null if all are kept as bytes. */
  private final @Nullable StoredForm<V> form;

  StoredValues(String state, TypeSerializer<V> serializer) {
    this.state = state;
    this.bytes = new ValueBytes<>(serializer);
    this.form = StoredForm.of(serializer);
  }

  /**
   * The stored form of a value, which is serializable then.
   *
   * @param changeable see {@link HotTable#changeable}; what is returned, if it could become that
   */
  Object of(V value, int keyGroup, @Nullable Object changeable) {
    if (form != null && form.includes(value)) {
      return form.stored(value, changeable);
    }
    int length = writeToBuffer(value, keyGroup);
    if (form == null && changeable instanceof byte[] array && array.length == length) {
      bytes.copyTo(array);
      return array;
    }
    // With another class than the type's, or null: what its serializer makes of it.
    return ofBytes(bytes.copy(), keyGroup);
  }

  /** The stored form of what has been found below. */
  Object ofBytes(byte[] found, int keyGroup) {
    if (form == null) {
      return found;
    }
    V value = read(found, keyGroup);
    return value == null ? NULL : form.stored(value, null);
  }

  /** The value, for whoever asks for it. */
  @Nullable V value(Object stored, int keyGroup) {
    if (stored == NULL) {
      return null;
    }
    return form == null ? read((byte[]) stored, keyGroup) : form.value(stored);
  }

  /** As it is written below. */
  byte[] bytes(Object stored, int keyGroup) {
    if (form == null) {
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
    return form == null ? ARRAY_OVERHEAD_BYTES + ((byte[]) stored).length : form.heapBytes(stored);
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
