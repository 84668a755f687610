package io.basalt.examples.flights.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Writes the enumerator's part of a snapshot: a count and that many splits. */
final class UnassignedSplitsSerializer implements SimpleVersionedSerializer<UnassignedSplits> {

  private final FlightsSplitSerializer splitSerializer = new FlightsSplitSerializer();

  @Override
  public int getVersion() {
    return splitSerializer.getVersion();
  }

  @Override
  public byte[] serialize(UnassignedSplits unassigned) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    out.writeInt(unassigned.splits().size());
    for (FlightsSplit split : unassigned.splits()) {
      byte[] bytes = splitSerializer.serialize(split);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    return out.getCopyOfBuffer();
  }

  @Override
  public UnassignedSplits deserialize(int version, byte[] serialized) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(serialized);
    int count = in.readInt();
    List<FlightsSplit> splits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      splits.add(splitSerializer.deserialize(version, bytes));
    }
    return new UnassignedSplits(splits);
  }
}
