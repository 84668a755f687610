package io.basalt.statebackend.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows of a user's assigner, whose serializer extends Flink's and writes other bytes. */
final class ForeignWindowsTest {

  @TempDir private Path directory;

  /** The end, then the length: in the order of ends. */
  public static final class ByEnd extends TimeWindow.Serializer {

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(TimeWindow window, DataOutputView target) throws IOException {
      target.writeLong(window.getEnd());
      target.writeInt((int) (window.getEnd() - window.getStart()));
    }

    @Override
    public TimeWindow deserialize(DataInputView source) throws IOException {
      long end = source.readLong();
      return new TimeWindow(end - source.readInt(), end);
    }

    @Override
    public TypeSerializerSnapshot<TimeWindow> snapshotConfiguration() {
      return new OfByEnd();
    }
  }

  /** What snapshots say of it. */
  public static final class OfByEnd extends SimpleTypeSerializerSnapshot<TimeWindow> {
    public OfByEnd() {
      super(ByEnd::new);
    }
  }

  static Stream<TypeSerializer<TimeWindow>> serializers() {
    return Stream.of(new ByEnd(), new TimeWindow.Serializer());
  }

  @ParameterizedTest
  @MethodSource("serializers")
  void valuesThatHaveLeftTheTierAreFound(TypeSerializer<TimeWindow> serializer) throws Exception {
    ValueStateDescriptor<String> descriptor =
        new ValueStateDescriptor<>("value", StringSerializer.INSTANCE);
    List<TimeWindow> windows =
        List.of(new TimeWindow(0, 10), new TimeWindow(-10, 0), new TimeWindow(1L << 50, 1L << 51));
    List<String> keys = List.of("", "a", "aa");
    new Peers(directory)
        .assertSame(
            StringSerializer.INSTANCE,
            (backend, transcript) -> {
              for (String key : keys) {
                backend.key(key);
                for (TimeWindow window : windows) {
                  backend.state(window, serializer, descriptor).update(key + " in " + window);
                }
              }
              backend.compact(descriptor);
              for (String key : keys) {
                backend.key(key);
                for (TimeWindow window : windows) {
                  ValueState<String> value = backend.state(window, serializer, descriptor);
                  transcript.show("value", value::value);
                  value.clear();
                  transcript.show("cleared", value::value);
                }
              }
              transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
            });
  }
}
