package io.basalt.statebackend.layout;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.java.tuple.Tuple2;

/** Classes that Flink takes for POJOs, and some for their fields. */
final class Pojos {

  private Pojos() {}

  /** Fields of all sorts. */
  public static class Everything {
    public boolean yes;
    public byte tiny;
    public short small;
    public char letter;
    public int number;
    public long large;
    public float fraction;
    public double exact;
    public Boolean boxedYes;
    public Byte boxedTiny;
    public Short boxedSmall;
    public Character boxedLetter;
    public Integer boxedNumber;
    public Long boxedLarge;
    public Float boxedFraction;
    public Double boxedExact;
    public String text;
    public BigInteger huge;
    public Inner inner;
    public Color color;
    public List<String> texts;
    public List<Inner> inners;
    public Map<String, Integer> counts;
    public int[] numbers;
    public String[] words;
    public Inner[] others;
    public Pair pair;
    public Tuple2<Long, String> tuple;
    public Odd odd;
  }

  /** A private field with a getter and a setter. */
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

  /** Fields of a superclass, one of them private. */
  public static class Derived extends Inner {
    public String title;
    private long own;

    public long getOwn() {
      return own;
    }

    public void setOwn(long given) {
      own = given;
    }
  }

  /** A field that hides one of the same name. */
  @SuppressWarnings("HidingField")
  public static class Hiding extends Inner {
    public long count;
  }

  /** One text. */
  public static class Text {
    public String text;
  }

  /** Constants. */
  public enum Color {
    RED,
    GREEN,
    BLUE
  }

  /** A record. */
  public record Pair(int number, String text) {}

  /** What only Kryo writes. */
  public static final class Odd {
    private final int number;

    Odd(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** A constructor that can fail. */
  public static class Unmade {
    static final AtomicBoolean FAILS = new AtomicBoolean();

    public int number;

    public Unmade() {
      if (FAILS.get()) {
        throw new UnsupportedOperationException("not made");
      }
    }
  }

  /** Numbers and texts that stay small however one bit of them is changed. */
  public static class Plain {
    public int number;
    public String text;
    public boolean yes;
    public Long boxed;
    public Inner inner;
  }
}
