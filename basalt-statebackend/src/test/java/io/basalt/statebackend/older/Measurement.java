package io.basalt.statebackend.older;

/**
 * A value for Flink's POJO serializer, which is why all of it is public.
 *
 * <p>Compiled against older versions of Flink, too, which wrote its name.
 */
public final class Measurement {

  public long sum;
  public String name;
  public double[] parts;

  /** For the serializer. */
  public Measurement() {}

  Measurement(long sum, String name, double[] parts) {
    this.sum = sum;
    this.name = name;
    this.parts = parts;
  }

  @Override
  public String toString() {
    return name + " " + sum + " " + (parts == null ? "none" : parts.length + " " + parts[0]);
  }
}
