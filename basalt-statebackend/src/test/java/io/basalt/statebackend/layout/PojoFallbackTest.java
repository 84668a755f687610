package io.basalt.statebackend.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.testutils.ClassLoaderUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is not of exactly a POJO's class, or is damaged, or fails, is as Flink's serializer has it.
 */
class PojoFallbackTest {

  private final long seed = System.nanoTime();
  private final RandomPojos random = new RandomPojos(seed);

  @TempDir Path temporary;

  @Test
  void subclassesAndNoObjectAtAll() throws Exception {
    ComparedCodec<Pojos.Inner> codec = ComparedCodec.of(Pojos.Inner.class);
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.registerPojoType(Pojos.Derived.class);
    ComparedCodec<Pojos.Inner> registered =
        new ComparedCodec<>(TypeInformation.of(Pojos.Inner.class).createSerializer(config));
    assertThat(codec.isPlanned()).isTrue();
    assertThat(registered.isPlanned()).isTrue();
    for (int i = 0; i < 100; i++) {
      Pojos.Derived object = random.fill(new Pojos.Derived());
      codec.check(object);
      registered.check(object);
      registered.check(random.fill(new Pojos.Inner()));
    }
    assertThat(codec.bytes(new Pojos.Derived())[0])
        .isNotEqualTo(registered.bytes(new Pojos.Derived())[0]);
    codec.check(null);
  }

  @Test
  void records() throws Exception {
    ComparedCodec<Pojos.Pair> codec = ComparedCodec.of(Pojos.Pair.class);
    assertThat(ComparedCodec.serializer(Pojos.Pair.class)).isInstanceOf(PojoSerializer.class);
    assertThat(codec.isPlanned()).isFalse();
    codec.check(new Pojos.Pair(5, "five"));
    codec.check(new Pojos.Pair(0, null));
  }

  @Test
  void aConstructorThatFails() throws Exception {
    TypeSerializer<Pojos.Unmade> serializer = ComparedCodec.serializer(Pojos.Unmade.class);
    ComparedCodec<Pojos.Unmade> compared = new ComparedCodec<>(serializer);
    assertThat(compared.isPlanned()).isTrue();
    byte[] bytes = compared.bytes(new Pojos.Unmade());
    ValueInput input = new ValueInput();
    input.set(bytes, 0, bytes.length);
    Pojos.Unmade.FAILS.set(true);
    try {
      compared.checkReadOrFailure(bytes);
      assertThatThrownBy(() -> ComparedCodec.planned(serializer).read(input))
          .isExactlyInstanceOf(RuntimeException.class)
          .hasMessage("Cannot instantiate class.")
          .hasCauseExactlyInstanceOf(InvocationTargetException.class)
          .hasRootCauseMessage("not made");
    } finally {
      Pojos.Unmade.FAILS.set(false);
    }
    compared.checkRead(bytes);
  }

  @Test
  void bytesThatAreCutOffOrChanged() throws Exception {
    ComparedCodec<Pojos.Plain> codec = ComparedCodec.of(Pojos.Plain.class);
    assertThat(codec.isPlanned()).isTrue();
    Random places = new Random(seed);
    for (int i = 0; i < 200; i++) {
      Pojos.Plain object = new Pojos.Plain();
      object.number = places.nextInt(100);
      object.text = i % 5 == 0 ? null : "x".repeat(places.nextInt(10));
      object.yes = places.nextBoolean();
      object.boxed = i % 3 == 0 ? null : 7L;
      object.inner = i % 4 == 0 ? null : new Pojos.Inner();
      byte[] bytes = codec.bytes(object);
      for (int length = 0; length < bytes.length; length++) {
        codec.checkReadOrFailure(Arrays.copyOf(bytes, length));
      }
      for (int j = 0; j < bytes.length; j++) {
        byte[] changed = bytes.clone();
        changed[j] = (byte) places.nextInt();
        codec.checkReadOrFailure(changed);
        changed[j] ^= 1;
        codec.checkReadOrFailure(changed);
      }
    }
  }

  @Test
  void fieldsThatCameAndWent() throws Exception {
    Class<Object> before = compiled("before", "public int a; public String gone; public long c;");
    Class<Object> after = compiled("after", "public int a; public double come = 3; public long c;");
    Class<Object> more =
        compiled("more", "public int a; public String gone; public long c; public int d = 4;");
    TypeSerializer<Object> written = ComparedCodec.serializer(before);
    ComparedCodec<Object> old = new ComparedCodec<>(written);
    Object object = before.getConstructor().newInstance();
    DataOutputSerializer snapshot = new DataOutputSerializer(100);
    TypeSerializerSnapshot.writeVersionedSnapshot(snapshot, written.snapshotConfiguration());
    byte[] versioned = snapshot.getCopyOfBuffer();

    ComparedCodec<Object> ofGone = new ComparedCodec<>(restored(versioned, after));
    ComparedCodec<Object> ofMore = new ComparedCodec<>(restored(versioned, more));
    assertThat(ofGone.isPlanned()).isFalse();
    assertThat(ofMore.isPlanned()).isTrue();
    for (int i = 0; i < 100; i++) {
      random.fill(object);
      old.check(object);
      ofGone.checkRead(old.bytes(object));
      ofMore.checkRead(old.bytes(object));
    }
    ofGone.check(after.getConstructor().newInstance());
    ofMore.check(more.getConstructor().newInstance());
  }

  /** More than any code is inlined of. */
  @Test
  void hundredsOfFields() throws Exception {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      fields.append("public int a%d; public String b%d; public Long c%d; ".formatted(i, i, i));
    }
    Class<Object> type = compiled("hundreds", fields.toString());
    ComparedCodec<Object> codec = ComparedCodec.of(type);
    assertThat(codec.isPlanned()).isTrue();
    Object object = type.getConstructor().newInstance();
    for (int i = 0; i < 300; i++) {
      codec.check(random.fill(object));
    }
  }

  @SuppressWarnings("unchecked")
  private Class<Object> compiled(String directory, String fields) throws Exception {
    File place = temporary.resolve(directory).toFile();
    assertThat(place.mkdirs()).isTrue();
    try (URLClassLoader loader =
        ClassLoaderUtils.compileAndLoadJava(
            place, "Kept.java", "public class Kept { " + fields + " }")) {
      return (Class<Object>) Class.forName("Kept", true, loader);
    }
  }

  private static TypeSerializer<Object> restored(byte[] snapshot, Class<?> type) throws Exception {
    return TypeSerializerSnapshot.<Object>readVersionedSnapshot(
            new DataInputDeserializer(snapshot), type.getClassLoader())
        .restoreSerializer();
  }
}
