package io.basalt.statebackend.layout;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What Flink's serializer of a POJO writes and reads, in this order. All are accessible.
 *
 * @param type the POJO's class; subclasses are written in another way
 * @param constructor of objects to be read
 * @param fields never null
 * @param serializers one for each field
 */
record PojoParts(
    Class<?> type,
    Constructor<?> constructor,
    List<Field> fields,
    List<TypeSerializer<?>> serializers) {

  /** Null if it cannot be told, or if there is more to it than the fields of a class. */
  static @Nullable PojoParts of(PojoSerializer<?> serializer) {
    // The serializer has getters of all that, for its package only, and its snapshot keeps it to
    // itself too: what Flink does not promise may be gone in another version, and then the
    // serializer is used as it is.
    try {
      Class<?> type = (Class<?>) ask(serializer, "getPojoClass");
      Field[] fields = (Field[]) ask(serializer, "getFields");
      TypeSerializer<?>[] serializers =
          (TypeSerializer<?>[]) ask(serializer, "getFieldSerializers");
      if (type.isRecord()
          || Modifier.isAbstract(type.getModifiers())
          || fields.length != serializers.length) {
        return null;
      }
      for (Field field : fields) {
        // The class has no such field any more: what was written of it is passed over.
        if (field == null) {
          return null;
        }
        field.setAccessible(true);
      }
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return new PojoParts(type, constructor, List.of(fields), List.of(serializers));
    } catch (ReflectiveOperationException
        | InaccessibleObjectException
        | SecurityException
        | ClassCastException
        | NullPointerException
        | LinkageError e) {
      return null;
    }
  }

  private static Object ask(PojoSerializer<?> serializer, String getter)
      throws ReflectiveOperationException {
    Method method = PojoSerializer.class.getDeclaredMethod(getter);
    method.setAccessible(true);
    return method.invoke(serializer);
  }
}
