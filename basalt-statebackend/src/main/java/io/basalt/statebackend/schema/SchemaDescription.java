package io.basalt.statebackend.schema;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializerSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Says in a few words how values were written: the serializer, what it is made of, and the version
 * of its format, as far as its snapshot tells.
 */
final class SchemaDescription {

  private static final String SUFFIX = "Snapshot";

  private SchemaDescription() {}

  /** What a snapshot has recorded; there is none of a state that has not been written. */
  static String of(@Nullable TypeSerializerSnapshot<?> snapshot) {
    if (snapshot == null) {
      return "nothing";
    }
    if (snapshot instanceof TtlAwareSerializerSnapshot<?> wrapped) {
      // Around each part of a list or map, whether it expires or not; TTL shows in the part itself.
      return of(wrapped.getOrinalTypeSerializerSnapshot());
    }
    StringBuilder description = new StringBuilder(name(snapshot.getClass()));
    List<String> parts = new ArrayList<>();
    if (snapshot instanceof CompositeTypeSerializerSnapshot<?, ?> composite) {
      for (TypeSerializerSnapshot<?> part : composite.getNestedSerializerSnapshots()) {
        parts.add(of(part));
      }
    }
    if (!parts.isEmpty()) {
      description.append(parts);
    }
    return description.append(" version ").append(snapshot.getCurrentVersion()).toString();
  }

  /** How a serializer writes. */
  static String of(TypeSerializer<?> serializer) {
    return of(serializer.snapshotConfiguration());
  }

  private static String name(Class<?> type) {
    String name = type.getName();
    String shortened = name.substring(name.lastIndexOf('.') + 1);
    return shortened.endsWith(SUFFIX)
        ? shortened.substring(0, shortened.length() - SUFFIX.length())
        : shortened;
  }
}
