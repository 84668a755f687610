package io.basalt.statebackend.evolution;

import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;

/** Objects of three classes that a job registers with Flink, which writes their numbers then. */
final class Registered {

  private Registered() {}

  /** A POJO with subclasses. */
  @SuppressWarnings("PublicField") // Flink's rules for a POJO.
  public static class Place {
    public int number;

    @Override
    public final boolean equals(Object other) {
      return other instanceof Place place
          && place.getClass() == getClass()
          && place.number == number;
    }

    @Override
    public final int hashCode() {
      return number;
    }

    @Override
    public final String toString() {
      return getClass().getSimpleName() + " " + number;
    }
  }

  /** One of the subclasses. */
  public static final class Near extends Place {}

  /** The other. */
  public static final class Far extends Place {}

  /** Registered before others, and never written. */
  public static final class Other {}

  /** Values of all three classes, written by Flink's POJO serializer. */
  static Schema pojo(Class<?>... registered) {
    SerializerConfigImpl config = new SerializerConfigImpl();
    List.of(registered).forEach(config::registerPojoType);
    return schema(TypeInformation.of(Place.class).createSerializer(config));
  }

  /** The same, written by Kryo. */
  static Schema kryo(Class<?>... registered) {
    SerializerConfigImpl config = new SerializerConfigImpl();
    List.of(registered).forEach(config::registerKryoType);
    return schema(new GenericTypeInfo<>(Place.class).createSerializer(config));
  }

  private static Schema schema(TypeSerializer<Place> serializer) {
    Function<Integer, Place> values =
        number ->
            switch (number % 3) {
              case 0 -> new Place();
              case 1 -> new Near();
              default -> new Far();
            };
    return Schema.of(
        serializer,
        number -> {
          Place place = values.apply(number);
          place.number = number;
          return place;
        },
        place -> place.number,
        Place::toString);
  }
}
