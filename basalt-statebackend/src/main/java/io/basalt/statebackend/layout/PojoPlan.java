package io.basalt.statebackend.layout;

import static java.lang.invoke.MethodType.methodType;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the fields of objects of exactly one class.
 *
 * <p>All fields together are one method handle, composed of those of each field: of a handle that
 * is called often the virtual machine makes one piece of code, in which all that it is composed of
 * is constant, and which neither boxes a number nor asks which serializer a field has. The handles
 * are kept here and nowhere else, so the class of a user's job can go when the job does.
 *
 * @param type the class
 * @param constructor without parameters
 * @param writer of an object to a target
 * @param reader of an object, which has been made, from a source
 */
record PojoPlan(
    Class<?> type, Constructor<?> constructor, MethodHandle writer, MethodHandle reader) {

  private static final MethodType WRITER =
      methodType(void.class, Object.class, DataOutputSerializer.class);
  private static final MethodType READER = methodType(void.class, Object.class, ValueInput.class);

  /** Null if a field cannot be accessed, or is not written as others of its type. */
  static @Nullable PojoPlan of(PojoParts parts) {
    int fields = parts.fields().size();
    MethodHandle[] writers = new MethodHandle[fields];
    MethodHandle[] readers = new MethodHandle[fields];
    try {
      for (int i = 0; i < fields; i++) {
        Field field = parts.fields().get(i);
        TypeSerializer<?> serializer = parts.serializers().get(i);
        boolean known = FieldBytes.know(field.getType(), serializer);
        if (!known && field.getType().isPrimitive()) {
          return null;
        }
        ValueCodec<?> codec = ValueCodec.of(serializer);
        writers[i] = known ? knownWriter(field) : writer(field, codec);
        readers[i] = known ? knownReader(field) : reader(field, codec);
      }
    } catch (IllegalAccessException e) {
      return null;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
    return new PojoPlan(
        parts.type(), parts.constructor(), inTurn(WRITER, writers), inTurn(READER, readers));
  }

  private static MethodHandle knownWriter(Field field)
      throws NoSuchMethodException, IllegalAccessException {
    MethodType type = methodType(void.class, field.getType(), DataOutputSerializer.class);
    return ofGetter(field, MethodHandles.lookup().findStatic(FieldBytes.class, "write", type));
  }

  private static MethodHandle writer(Field field, ValueCodec<?> codec)
      throws NoSuchMethodException, IllegalAccessException {
    MethodType type =
        methodType(void.class, ValueCodec.class, Object.class, DataOutputSerializer.class);
    return ofGetter(
        field, MethodHandles.lookup().findStatic(FieldBytes.class, "write", type).bindTo(codec));
  }

  private static MethodHandle ofGetter(Field field, MethodHandle write)
      throws IllegalAccessException {
    MethodHandle getter = MethodHandles.lookup().unreflectGetter(field);
    return MethodHandles.filterArguments(
        write, 0, getter.asType(methodType(write.type().parameterType(0), Object.class)));
  }

  private static MethodHandle knownReader(Field field)
      throws NoSuchMethodException, IllegalAccessException {
    MethodType type = methodType(field.getType(), Field.class, ValueInput.class);
    Lookup lookup = MethodHandles.lookup();
    return toSetter(
        field,
        lookup
            .findStatic(FieldBytes.class, FieldBytes.reader(field.getType()), type)
            .bindTo(field));
  }

  private static MethodHandle reader(Field field, ValueCodec<?> codec)
      throws NoSuchMethodException, IllegalAccessException {
    MethodType type = methodType(Object.class, ValueCodec.class, ValueInput.class);
    return toSetter(
        field, MethodHandles.lookup().findStatic(FieldBytes.class, "read", type).bindTo(codec));
  }

  private static MethodHandle toSetter(Field field, MethodHandle read)
      throws IllegalAccessException {
    MethodHandle setter = MethodHandles.lookup().unreflectSetter(field);
    return MethodHandles.filterArguments(
        setter.asType(methodType(void.class, Object.class, read.type().returnType())), 1, read);
  }

  private static MethodHandle inTurn(MethodType type, MethodHandle[] handles) {
    return handles.length == 0 ? MethodHandles.empty(type) : inTurn(handles, 0, handles.length);
  }

  /** In halves: the compiler goes only so deep. */
  private static MethodHandle inTurn(MethodHandle[] handles, int from, int to) {
    if (to - from == 1) {
      return handles[from];
    }
    int middle = (from + to) >>> 1;
    return MethodHandles.foldArguments(inTurn(handles, middle, to), inTurn(handles, from, middle));
  }

  /** Writes all fields of an object of the class. */
  void write(Object object, DataOutputSerializer target) throws IOException {
    try {
      writer.invokeExact(object, target);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** A new object with all fields as they were written. */
  Object read(ValueInput source) throws IOException {
    Object object = newObject();
    try {
      reader.invokeExact(object, source);
    } catch (Throwable e) {
      throw failure(e);
    }
    return object;
  }

  private Object newObject() {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException | InstantiationException | IllegalAccessException e) {
      // As the serializer says it.
      throw new RuntimeException("Cannot instantiate class.", e);
    }
  }

  private static IOException failure(Throwable thrown) {
    if (thrown instanceof IOException failure) {
      return failure;
    }
    if (thrown instanceof RuntimeException failure) {
      throw failure;
    }
    if (thrown instanceof Error failure) {
      throw failure;
    }
    // No method that was called declares another one.
    throw new IllegalStateException(thrown);
  }
}
