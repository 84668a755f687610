package io.basalt.statebackend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** The class of a job's POJO goes when the job does, however often its objects were written. */
class PojoClassLoaderTest {

  /** Loaded once more, by a class loader of its own. */
  public static class Loaded {
    public long number;
    public String text = "text";
    public Long boxed = 3L;
    public Part part = new Part();
  }

  /** A part of it. */
  public static class Part {
    public int number;
  }

  /** Has its own version of the classes. */
  private static final class JobLoader extends ClassLoader {

    JobLoader() {
      super(PojoClassLoaderTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Loaded.class.getName()) && !name.equals(Part.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void nothingKeepsTheClass() throws Exception {
    WeakReference<Class<?>> type = writtenAndRead();
    for (int i = 0; i < 50 && type.get() != null; i++) {
      System.gc();
    }
    assertThat(type.get()).isNull();
  }

  private static WeakReference<Class<?>> writtenAndRead() throws Exception {
    Class<?> type = new JobLoader().loadClass(Loaded.class.getName());
    assertThat(type).isNotSameAs(Loaded.class);
    writeAndRead(type);
    return new WeakReference<>(type);
  }

  private static <V> void writeAndRead(Class<V> type) throws Exception {
    PojoCodec<V> codec = (PojoCodec<V>) ValueCodec.of(ComparedCodec.serializer(type));
    assertThat(codec.plan()).isNotNull();
    V object = type.getConstructor().newInstance();
    DataOutputSerializer target = new DataOutputSerializer(64);
    ValueInput source = new ValueInput();
    // So often that the virtual machine makes code of it.
    for (int i = 0; i < 30_000; i++) {
      target.clear();
      codec.write(object, target);
      source.set(target.getSharedBuffer(), 0, target.length());
      object = codec.read(source);
    }
    assertThat(object.getClass()).isSameAs(type);
  }
}
