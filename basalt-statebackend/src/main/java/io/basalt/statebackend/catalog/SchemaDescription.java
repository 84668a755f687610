package io.basalt.statebackend.catalog;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializerSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Says in a few words how values were written: the serializer, its type, what it is made of, and
 * the version of its format, as far as its snapshot tells.
 */
public final class SchemaDescription {

  private static final String SUFFIX = "Snapshot";

  private SchemaDescription() {}

  /** What a snapshot has recorded; there is none of a state that has not been written. */
  public static String of(@Nullable TypeSerializerSnapshot<?> snapshot) {
    if (snapshot == null) {
      return "nothing";
    }
    if (snapshot instanceof TtlAwareSerializerSnapshot<?> wrapped) {
      // Around each part of a list or map, whether it expires or not; TTL shows in the part itself.
      return of(wrapped.getOrinalTypeSerializerSnapshot());
    }
    StringBuilder description = new StringBuilder(name(snapshot.getClass()));
    description.append(RecordedType.of(snapshot));
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

  /** How a serializer writes; there is none of a state that has not been written. */
  public static String of(@Nullable TypeSerializer<?> serializer) {
    return of(serializer == null ? null : serializer.snapshotConfiguration());
  }

  private static String name(Class<?> type) {
    String name = type.getName();
    String shortened = name.substring(name.lastIndexOf('.') + 1);
    if (shortened.endsWith(SUFFIX)) {
      shortened = shortened.substring(0, shortened.length() - SUFFIX.length());
    }
    // Most snapshots are classes in the serializer's: its name twice says no more than once.
    int inner = shortened.lastIndexOf('$');
    return inner > 0 && shortened.substring(0, inner).endsWith(shortened.substring(inner + 1))
        ? shortened.substring(0, inner)
        : shortened;
  }
}
