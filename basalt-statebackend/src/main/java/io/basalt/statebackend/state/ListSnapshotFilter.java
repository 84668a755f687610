package io.basalt.statebackend.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Filters lists element by element. Where elements end only their serializer knows, so each is
 * deserialized for its length; what is kept, is kept as bytes.
 *
 * <p>Owned and used by the one thread that writes a snapshot.
 *
 * @param <E> the type of the elements
 */
final class ListSnapshotFilter<E> implements StateSnapshotTransformer<byte[]> {

  private static final byte DELIMITER = ',';

  private final StateSnapshotTransformer<byte[]> elementFilter;
  private final TypeSerializer<E> elementSerializer;
  private final boolean stopsAtFirstKept;
  private final DataInputDeserializer input = new DataInputDeserializer();

  /**
   * A filter for one snapshot.
   *
   * @param elementSerializer its own, shared with nobody
   */
  ListSnapshotFilter(
      StateSnapshotTransformer<byte[]> elementFilter, TypeSerializer<E> elementSerializer) {
    this.elementFilter = elementFilter;
    this.elementSerializer = elementSerializer;
    this.stopsAtFirstKept =
        elementFilter instanceof CollectionStateSnapshotTransformer<byte[]> collection
            && collection.getFilterStrategy()
                == CollectionStateSnapshotTransformer.TransformStrategy.STOP_ON_FIRST_INCLUDED;
  }

  @Override
  public byte @Nullable [] filterOrTransform(byte @Nullable [] list) {
    if (list == null) {
      return null;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(list.length);
    input.setBuffer(list);
    int start = 0;
    while (start < list.length) {
      int end = endOfElement();
      byte[] element = elementFilter.filterOrTransform(Arrays.copyOfRange(list, start, end));
      if (element != null && stopsAtFirstKept) {
        // Elements are in the order of their time: behind one that is kept, all are.
        return start == 0 ? list : Arrays.copyOfRange(list, start, list.length);
      }
      if (element != null) {
        if (kept.size() > 0) {
          kept.write(DELIMITER);
        }
        kept.write(element, 0, element.length);
      }
      start = input.getPosition();
    }
    return kept.size() == 0 ? null : kept.toByteArray();
  }

  /** Reads an element, and the delimiter if one follows; the result is where the element ends. */
  private int endOfElement() {
    try {
      elementSerializer.deserialize(input);
      int end = input.getPosition();
      if (input.available() > 0) {
        input.skipBytesToRead(1);
      }
      return end;
    } catch (IOException e) {
      throw new FlinkRuntimeException(
          "Could not read an element of a list that is to be filtered for a snapshot.", e);
    }
  }
}
