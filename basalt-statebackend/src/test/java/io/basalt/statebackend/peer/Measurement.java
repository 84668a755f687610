package io.basalt.statebackend.peer;

/** A POJO with a hash code, as Flink asks of keys, but without {@code equals}. */
public final class Measurement {

  public int station;
  public String name;
  public double value;

  /** For Flink's POJO serializer. */
  public Measurement() {}

  Measurement(int station, String name, double value) {
    this.station = station;
    this.name = name;
    this.value = value;
  }

  // Without equals on purpose, see above.
  @SuppressWarnings("EqualsHashCode")
  @Override
  public int hashCode() {
    return station;
  }

  @Override
  public String toString() {
    return station + "/" + name + "/" + value;
  }
}
