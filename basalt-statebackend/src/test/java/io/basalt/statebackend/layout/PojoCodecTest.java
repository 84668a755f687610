package io.basalt.statebackend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.junit.jupiter.api.Test;

/** Objects of POJOs are written as the bytes that Flink's serializer writes, and read from them. */
class PojoCodecTest {

  private final RandomPojos random = new RandomPojos(System.nanoTime());

  /** Flink does not promise what the fields are asked of: this fails where it is gone. */
  @Test
  void theFieldsAreKnown() throws Exception {
    assertThat(ComparedCodec.of(Pojos.Everything.class).isPlanned()).isTrue();
    assertThat(ComparedCodec.of(Pojos.Derived.class).isPlanned()).isTrue();
    ValueCodec<?> expiring = ValueCodec.of(expiring(Pojos.Inner.class));
    assertThat(expiring).isInstanceOf(ExpiringPojo.class);
    assertThat(((ExpiringPojo<?>) expiring).pojos().plan()).isNotNull();
  }

  /** A plan that is not used a lot costs more than it saves: a walk over a large map makes none. */
  @Test
  void noPlanIsMadeForThousandsOfObjects() throws Exception {
    TypeSerializer<Pojos.Text> serializer = ComparedCodec.serializer(Pojos.Text.class);
    PojoCodec<Pojos.Text> codec = (PojoCodec<Pojos.Text>) ValueCodec.of(serializer);
    DataOutputSerializer target = new DataOutputSerializer(64);
    codec.write(new Pojos.Text(), target);
    ValueInput source = new ValueInput();
    for (int i = 0; i < 20_000; i++) {
      source.set(target.getSharedBuffer(), 0, target.length());
      codec.read(source);
    }
    assertThat(codec.isPlanned()).isFalse();
  }

  @Test
  void aPlanIsMadeForManyObjects() throws Exception {
    TypeSerializer<Pojos.Text> serializer = ComparedCodec.serializer(Pojos.Text.class);
    PojoCodec<Pojos.Text> codec = (PojoCodec<Pojos.Text>) ValueCodec.of(serializer);
    DataOutputSerializer target = new DataOutputSerializer(64);
    for (int i = 0; i < PojoCodec.OBJECTS_BEFORE_A_PLAN; i++) {
      target.clear();
      codec.write(new Pojos.Text(), target);
      assertThat(codec.isPlanned()).isFalse();
    }
    codec.write(new Pojos.Text(), target);
    assertThat(codec.isPlanned()).isTrue();
  }

  @Test
  void fieldsOfEveryType() throws Exception {
    ComparedCodec<Pojos.Everything> codec = ComparedCodec.of(Pojos.Everything.class);
    codec.check(new Pojos.Everything());
    for (int i = 0; i < 1_000; i++) {
      codec.check(random.fill(new Pojos.Everything()));
    }
  }

  @Test
  void fieldsOfSuperclasses() throws Exception {
    ComparedCodec<Pojos.Derived> codec = ComparedCodec.of(Pojos.Derived.class);
    for (int i = 0; i < 500; i++) {
      codec.check(random.fill(new Pojos.Derived()));
    }
  }

  /** Flink leaves such a class to Kryo, but its serializer of POJOs knows a field by its class. */
  @Test
  void aFieldThatHidesAnotherOne() throws Exception {
    Field[] fields = {
      Pojos.Hiding.class.getDeclaredField("count"),
      Pojos.Inner.class.getDeclaredField("count"),
      Pojos.Inner.class.getDeclaredField("name")
    };
    TypeSerializer<?>[] serializers = {
      LongSerializer.INSTANCE, IntSerializer.INSTANCE, StringSerializer.INSTANCE
    };
    ComparedCodec<Pojos.Hiding> codec =
        new ComparedCodec<>(
            new PojoSerializer<>(
                Pojos.Hiding.class, serializers, fields, new SerializerConfigImpl()));
    assertThat(codec.isPlanned()).isTrue();
    ComparedCodec<Pojos.Hiding> byKryo = ComparedCodec.of(Pojos.Hiding.class);
    assertThat(byKryo.isPlanned()).isFalse();
    for (int i = 0; i < 500; i++) {
      Pojos.Hiding object = random.fill(new Pojos.Hiding());
      codec.check(object);
      byKryo.check(object);
    }
  }

  /** Around the lengths at which the number in front takes another byte. */
  @Test
  void textsOfAllLengths() throws Exception {
    ComparedCodec<Pojos.Text> codec = ComparedCodec.of(Pojos.Text.class);
    Pojos.Text object = new Pojos.Text();
    codec.check(object);
    for (int i = 0; i < 400; i++) {
      int length = i < 300 ? i : 16_040 + i;
      String plain = "x".repeat(length);
      for (String last : List.of("", "\0", "\u007f", "\u0080", "\u00ff", "\ud83d", "\uffff")) {
        object.text = plain + last;
        codec.check(object);
        object.text = last + plain;
        codec.check(object);
      }
    }
    object.text = "x".repeat(3_000_000);
    codec.check(object);
  }

  @Test
  void expiringObjects() throws Exception {
    ComparedCodec<TtlValue<Pojos.Everything>> codec =
        new ComparedCodec<>(expiring(Pojos.Everything.class));
    for (int i = 0; i < 200; i++) {
      codec.check(new TtlValue<>(random.fill(new Pojos.Everything()), i * 1_000_003L));
    }
    codec.check(new TtlValue<>(null, 1));
  }

  @Test
  void threadsWithSerializersOfTheirOwn() throws Exception {
    TypeSerializer<Pojos.Everything> serializer = ComparedCodec.serializer(Pojos.Everything.class);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> checks = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ComparedCodec<Pojos.Everything> codec = new ComparedCodec<>(serializer.duplicate());
        RandomPojos objects = new RandomPojos(System.nanoTime());
        Callable<Void> check =
            () -> {
              for (int j = 0; j < 300; j++) {
                codec.check(objects.fill(new Pojos.Everything()));
              }
              return null;
            };
        checks.add(threads.submit(check));
      }
      for (Future<Void> check : checks) {
        check.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static <V> TypeSerializer<TtlValue<V>> expiring(Class<V> type) {
    return new TtlSerializer<>(LongSerializer.INSTANCE, ComparedCodec.serializer(type));
  }
}
