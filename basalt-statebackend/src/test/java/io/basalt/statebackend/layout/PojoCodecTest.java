package io.basalt.statebackend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Objects of POJOs are written as the bytes that Flink's serializer writes, and read from them. */
final class PojoCodecTest {

  /** A class with fields of some types. */
  public static class Item {
    public boolean yes;
    public byte tiny;
    public short small;
    public char letter;
    public int number;
    public long large;
    public float fraction;
    public double exact;
    public Long boxed;
    public String text;
    public Inner inner;
  }

  /** A class inside. */
  public static class Inner {
    private String name;
    public int count;

    public String getName() {
      return name;
    }

    public void setName(String given) {
      name = given;
    }
  }

  /** A subclass. */
  public static class More extends Item {
    public int more;
  }

  @Test
  void bytesAndObjectsAreThoseOfTheSerializer() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TypeSerializer<Item> serializer =
        TypeInformation.of(Item.class).createSerializer(new SerializerConfigImpl());
    ValueCodec<Item> codec = ValueCodec.of(serializer);
    assertThat(codec).isInstanceOf(PojoCodec.class);
    for (int i = 0; i < 5_000; i++) {
      Item item = i % 50 == 0 ? new More() : new Item();
      item.yes = random.nextBoolean();
      item.tiny = (byte) random.nextInt();
      item.small = (short) random.nextInt();
      item.letter = (char) random.nextInt();
      item.number = random.nextInt();
      item.large = random.nextLong();
      item.fraction = Float.intBitsToFloat(random.nextInt());
      item.exact = i % 7 == 0 ? Double.NaN : random.nextGaussian();
      item.boxed = random.nextBoolean() ? random.nextLong() : null;
      item.text = text(random);
      if (random.nextBoolean()) {
        item.inner = new Inner();
        item.inner.name = text(random);
        item.inner.count = random.nextInt();
      }
      DataOutputSerializer expected = new DataOutputSerializer(1);
      serializer.serialize(item, expected);
      DataOutputSerializer written = new DataOutputSerializer(1);
      codec.write(item, written);
      byte[] bytes = written.getCopyOfBuffer();
      assertThat(bytes).isEqualTo(expected.getCopyOfBuffer());

      ValueInput input = new ValueInput();
      input.set(bytes, 0, bytes.length);
      assertThat(codec.read(input))
          .usingRecursiveComparison()
          .withStrictTypeChecking()
          .isEqualTo(serializer.deserialize(new DataInputDeserializer(bytes)));
      assertThat(input.available()).isZero();
    }
  }

  private static String text(Random random) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    int length = random.nextBoolean() ? random.nextInt(20) : 120 + random.nextInt(12);
    int bound = random.nextInt(3) == 0 ? 1 << 16 : 128;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) random.nextInt(bound));
    }
    return text.toString();
  }
}
