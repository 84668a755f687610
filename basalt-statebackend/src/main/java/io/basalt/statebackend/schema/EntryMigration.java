package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.MapEntryValue;
import java.io.IOException;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializer;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializer.TtlAwareListSerializer;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializer.TtlAwareMapSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/**
 * Rewrites the bytes of one entry from the previous serializer to the current one.
 *
 * <p>A value with a time stamp of its last access (TTL) and one without are different values to
 * their serializers; Flink's TTL-aware ones add the time stamp or take it away. One thread at a
 * time.
 */
abstract class EntryMigration {

  private static final int INITIAL_BYTES = 128;

  private final DataInputDeserializer input = new DataInputDeserializer();
  private final DataOutputSerializer output = new DataOutputSerializer(INITIAL_BYTES);

  private EntryMigration() {}

  /**
   * The migration of entries of a state. Its kind says how they are laid out, for a single value
   * may be of the type list or map as well.
   *
   * @param clock when entries were accessed last that did not say so until now
   */
  static EntryMigration between(
      StateDescriptor.Type kind,
      TypeSerializer<?> previous,
      TypeSerializer<?> current,
      TtlTimeProvider clock) {
    TtlAwareSerializer<?, ?> from = TtlAwareSerializer.wrapTtlAwareSerializer(previous);
    TtlAwareSerializer<?, ?> to = TtlAwareSerializer.wrapTtlAwareSerializer(current);
    return switch (kind) {
      case LIST ->
          new OfLists(
              ValueMigration.between(
                  ((TtlAwareListSerializer<?>) from).getElementSerializer(),
                  ((TtlAwareListSerializer<?>) to).getElementSerializer(),
                  clock));
      case MAP ->
          new OfMaps(
              ValueMigration.between(
                  ((TtlAwareMapSerializer<?, ?>) from).getValueSerializer(),
                  ((TtlAwareMapSerializer<?, ?>) to).getValueSerializer(),
                  clock));
      default -> new OfValues(ValueMigration.between(from, to, clock));
    };
  }

  /**
   * The entry as the current serializer writes it.
   *
   * @return what has been written, until the next one is
   */
  final DataOutputSerializer migrate(byte[] bytes, int offset, int length) throws IOException {
    input.setBuffer(bytes, offset, length);
    output.clear();
    migrate(input, output);
    if (input.available() > 0) {
      throw new IOException(
          "The previous serializer left " + input.available() + " bytes of the entry unread.");
    }
    return output;
  }

  abstract void migrate(DataInputDeserializer from, DataOutputSerializer to) throws IOException;

  /** A value from serializer to serializer. */
  private record ValueMigration<T>(
      TtlAwareSerializer<T, ?> from, TtlAwareSerializer<T, ?> to, TtlTimeProvider clock) {

    // The compatibility check has found that the current serializer takes what the previous gives.
    @SuppressWarnings("unchecked")
    static <T> ValueMigration<T> between(
        TtlAwareSerializer<?, ?> from, TtlAwareSerializer<T, ?> to, TtlTimeProvider clock) {
      return new ValueMigration<>((TtlAwareSerializer<T, ?>) from, to, clock);
    }

    void migrate(DataInputDeserializer input, DataOutputSerializer output) throws IOException {
      to.migrateValueFromPriorSerializer(from, () -> from.deserialize(input), output, clock);
    }

    boolean startsToExpire() {
      return to.isTtlEnabled() && !from.isTtlEnabled();
    }

    /** Fails where the user's serializer takes no nulls: the map could not hold one from now on. */
    void migrateNull(DataOutputSerializer output) throws IOException {
      to.migrateValueFromPriorSerializer(from, () -> null, output, clock);
    }
  }

  private static final class OfValues extends EntryMigration {

    private final ValueMigration<?> value;

    OfValues(ValueMigration<?> value) {
      this.value = value;
    }

    @Override
    void migrate(DataInputDeserializer from, DataOutputSerializer to) throws IOException {
      value.migrate(from, to);
    }
  }

  private static final class OfLists extends EntryMigration {

    private final ValueMigration<?> element;

    OfLists(ValueMigration<?> element) {
      this.element = element;
    }

    @Override
    void migrate(DataInputDeserializer from, DataOutputSerializer to) throws IOException {
      while (from.available() > 0) {
        element.migrate(from, to);
        if (from.available() > 0) {
          to.writeByte(from.readByte());
        }
      }
    }
  }

  private static final class OfMaps extends EntryMigration {

    private final ValueMigration<?> value;

    OfMaps(ValueMigration<?> value) {
      this.value = value;
    }

    @Override
    void migrate(DataInputDeserializer from, DataOutputSerializer to) throws IOException {
      byte flag = from.readByte();
      if (!MapEntryValue.isNull(flag)) {
        to.writeByte(flag);
        value.migrate(from, to);
      } else if (value.startsToExpire()) {
        // To a map that expires, null is a value with a time stamp; without one it is not there.
        to.writeBoolean(false);
        value.migrateNull(to);
      } else {
        to.writeByte(flag);
      }
    }
  }
}
