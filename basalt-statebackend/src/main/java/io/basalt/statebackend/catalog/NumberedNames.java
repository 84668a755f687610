package io.basalt.statebackend.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.EnumSerializer.EnumSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.state.ttl.TtlAwareSerializerSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a serializer writes as a number: the constants of an enum, the subclasses that are
 * registered of a POJO, the classes that are registered with Kryo. Its snapshot has them in the
 * order of their numbers. Flink's serializers take another order by going on with the numbers of
 * the snapshot; but by those of one snapshot, where two tasks come together that began apart.
 */
public final class NumberedNames {

  /** How those of two snapshots go together. */
  public enum Relation {
    /** They are the same, as far as is known. */
    SAME,
    /** The first has all of the second, with the same numbers, and more. */
    FIRST_HAS_MORE,
    /** The other way round. */
    SECOND_HAS_MORE,
    /** One number has two meanings, or each has what the other one has not. */
    CONTRADICTION;

    /** Of two parts. */
    public Relation and(Relation other) {
      if (this == other || other == SAME) {
        return this;
      }
      return this == SAME ? other : CONTRADICTION;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(NumberedNames.class);

  private final Map<String, List<String>> lists = new LinkedHashMap<>();

  private NumberedNames() {}

  /** How the numbers of two snapshots of one type go together. */
  public static Relation relation(
      TypeSerializerSnapshot<?> first, TypeSerializerSnapshot<?> second) {
    Map<String, List<String>> others = of(second);
    Relation relation = Relation.SAME;
    for (Map.Entry<String, List<String>> place : of(first).entrySet()) {
      List<String> names = others.get(place.getKey());
      if (names != null) {
        relation = relation.and(relation(place.getValue(), names));
      }
    }
    return relation;
  }

  private static Relation relation(List<String> first, List<String> second) {
    int both = Math.min(first.size(), second.size());
    if (!first.subList(0, both).equals(second.subList(0, both))) {
      return Relation.CONTRADICTION;
    }
    if (first.size() == second.size()) {
      return Relation.SAME;
    }
    return first.size() > both ? Relation.FIRST_HAS_MORE : Relation.SECOND_HAS_MORE;
  }

  /** Those in each place within what is written. */
  private static Map<String, List<String>> of(TypeSerializerSnapshot<?> snapshot) {
    NumberedNames names = new NumberedNames();
    names.collect("", snapshot);
    return names.lists;
  }

  private void collect(String place, @Nullable TypeSerializerSnapshot<?> snapshot) {
    if (snapshot instanceof TtlAwareSerializerSnapshot<?> wrapped) {
      collect(place, wrapped.getOrinalTypeSerializerSnapshot());
    } else if (snapshot instanceof CompositeTypeSerializerSnapshot<?, ?> composite) {
      int part = 0;
      for (TypeSerializerSnapshot<?> its : composite.getNestedSerializerSnapshots()) {
        collect(place + "/" + part++, its);
      }
    } else if (snapshot != null) {
      try {
        collectRecorded(place, snapshot);
      } catch (IOException e) {
        // Its classes are not all there: nothing is known of its numbers, as before.
        LOG.warn(
            "What two tasks have recorded of {} is not compared.",
            SchemaDescription.of(snapshot),
            e);
      }
    }
  }

  private void collectRecorded(String place, TypeSerializerSnapshot<?> snapshot)
      throws IOException {
    if (snapshot instanceof EnumSerializerSnapshot<?>) {
      DataInputDeserializer input = RecordedType.written(snapshot);
      input.readUTF();
      lists.put(place, RecordedType.readConstants(input));
    } else if (snapshot instanceof KryoSerializerSnapshot<?>) {
      DataInputDeserializer input = RecordedType.written(snapshot);
      input.readUTF();
      lists.put(place, List.copyOf(RecordedType.readNames(input)));
    } else if (snapshot instanceof PojoSerializerSnapshot<?>) {
      DataInputDeserializer input = RecordedType.written(snapshot);
      input.readUTF();
      RecordedType.readMap(input).forEach((name, field, its) -> collect(place + "." + name, its));
      List<String> registered = new ArrayList<>();
      RecordedType.readMap(input)
          .forEach(
              (name, subclass, its) -> {
                registered.add(name);
                collect(place + "#" + name, its);
              });
      lists.put(place, registered);
      // Those that are not registered are written by their names.
      RecordedType.readMap(input)
          .forEach((name, subclass, its) -> collect(place + "#" + name, its));
    }
  }
}
