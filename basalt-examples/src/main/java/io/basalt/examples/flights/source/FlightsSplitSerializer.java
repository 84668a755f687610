package io.basalt.examples.flights.source;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Writes a split into snapshots: two longs, flights and bytes read. */
final class FlightsSplitSerializer implements SimpleVersionedSerializer<FlightsSplit> {

  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(FlightsSplit split) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(split.position().flights())
        .putLong(split.position().bytes())
        .array();
  }

  @Override
  public FlightsSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The snapshot's position in the input has version "
              + version
              + ", this job reads version "
              + VERSION
              + ".");
    }
    ByteBuffer buffer = ByteBuffer.wrap(serialized);
    try {
      return new FlightsSplit(new FlightsPosition(buffer.getLong(), buffer.getLong()));
    } catch (BufferUnderflowException e) {
      throw new IOException("The snapshot's position in the input is cut short.", e);
    }
  }
}
