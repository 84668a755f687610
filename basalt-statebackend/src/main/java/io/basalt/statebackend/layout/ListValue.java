package io.basalt.statebackend.layout;

import static org.apache.flink.util.Preconditions.checkNotNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The value of a list state's entry: the elements, with commas between them.
 *
 * <pre>
 *   | element | ',' | element | ',' | element |
 * </pre>
 *
 * Nobody looks for commas: an element's serializer knows where the element ends.
 *
 * <p>One thread at a time.
 *
 * @param <E> the type of the elements, never null
 */
public final class ListValue<E> {

  /** Between two elements. */
  public static final byte DELIMITER = ',';

  private final ValueCodec<E> codec;
  private final ValueInput input = new ValueInput();
  private final DataOutputSerializer output = new DataOutputSerializer(128);

  public ListValue(TypeSerializer<E> elementSerializer) {
    this.codec = ValueCodec.of(elementSerializer);
  }

  /** The bytes of one element, to be appended behind a comma. */
  public byte[] write(E element) throws IOException {
    output.clear();
    codec.write(element, output);
    return output.getCopyOfBuffer();
  }

  /** The bytes of all elements. */
  public byte[] write(List<E> list) throws IOException {
    output.clear();
    boolean first = true;
    for (E element : list) {
      checkNotNull(element, "You cannot add null to a value list.");
      if (!first) {
        output.writeByte(DELIMITER);
      }
      first = false;
      codec.write(element, output);
    }
    return output.getCopyOfBuffer();
  }

  /** The elements in the first so many bytes, a fresh list of fresh objects. */
  public List<E> read(byte[] bytes, int length) throws IOException {
    input.set(bytes, 0, length);
    List<E> list = new ArrayList<>();
    while (input.available() > 0) {
      list.add(codec.read(input));
      if (input.available() > 0) {
        input.skipBytesToRead(Byte.BYTES);
      }
    }
    return list;
  }
}
