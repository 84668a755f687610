package io.basalt.benchmarks.expiry;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.util.FileUtils;

/**
 * Compactions of states that expire, with and without the removal of expired entries. None has, so
 * that each compaction has the same to do.
 */
public final class CompactionGroup implements Group {

  private static final long MANAGED_BYTES = 256L << 20;
  private static final int ELEMENTS = 10;

  private enum Kind {
    VALUES("values of a Long", 1),
    MAPS("maps of ten Longs", ELEMENTS),
    LONGS("lists of ten Longs", ELEMENTS),
    TEXTS("lists of ten short texts", ELEMENTS);

    private final String description;
    private final int elements;

    Kind(String description, int elements) {
      this.description = description;
      this.elements = elements;
    }
  }

  @Override
  public String name() {
    return "expiry/compaction";
  }

  @Override
  public String description(Scale scale) {
    return """
        Compactions of all of a state that expires, %,d Longs or texts, with and without the \
        removal of expired entries, of which there are none: CPU time of the process by \
        compaction. Managed memory %d MiB."""
        .formatted(entries(scale), MANAGED_BYTES >> 20);
  }

  private static int entries(Scale scale) {
    return scale.choose(1_000, 200_000, 1_000_000);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 1_024);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    StateTtlConfig.Builder day = StateTtlConfig.newBuilder(Duration.ofDays(1));
    StateTtlConfig removed = day.build();
    StateTtlConfig kept =
        StateTtlConfig.newBuilder(Duration.ofDays(1)).disableCleanupInBackground().build();
    for (Kind kind : Kind.values()) {
      report.row(kind.description + ", expired ones kept", compactions(conditions, kind, kept));
      report.row(
          kind.description + ", expired ones removed", compactions(conditions, kind, removed));
    }
  }

  private static Measurement compactions(
      Conditions conditions, Kind kind, StateTtlConfig timeToLive) throws Exception {
    Scale scale = conditions.scale();
    Path directory = conditions.directory().resolve("compacted");
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), MANAGED_BYTES);
    Measurement measurement = new Measurement();
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, 1)) {
      Subtask<Long> subtask = operator.openOnly();
      Subject subject = Subject.of(kind, subtask, timeToLive);
      long keys = entries(scale) / kind.elements;
      for (long key = 0; key < keys; key++) {
        write(subtask, subject, key);
      }
      int compactions = scale.choose(1, 4, 12);
      compact(subtask, subject, keys);
      Latencies latencies = new Latencies();
      Usage used = Usage.NOTHING;
      for (int i = 0; i < compactions; i++) {
        Turns.pass();
        latencies.goOn();
        Usage before = Usage.now();
        latencies.before();
        compact(subtask, subject, keys);
        latencies.after();
        used = used.plus(Usage.now().since(before));
      }
      measurement.with(used, latencies.operations()).with(latencies);
    }
    FileUtils.deleteDirectory(directory.toFile());
    return measurement;
  }

  /** The smallest and the greatest key anew, or there would be nothing to do for all others. */
  private static void compact(Subtask<Long> subtask, Subject subject, long keys) throws Exception {
    write(subtask, subject, 0);
    write(subtask, subject, keys - 1);
    subtask.compact(subject.descriptor());
  }

  private static void write(Subtask<Long> subtask, Subject subject, long key) throws Exception {
    subtask.backend().setCurrentKey(key);
    subject.writer().write(key);
  }

  /** A state, and what is written of a key. */
  private record Subject(StateDescriptor<?, ?> descriptor, Writer writer) {

    static Subject of(Kind kind, Subtask<Long> subtask, StateTtlConfig timeToLive)
        throws Exception {
      LongSerializer number = LongSerializer.INSTANCE;
      switch (kind) {
        case VALUES -> {
          var descriptor = new ValueStateDescriptor<>("values", number);
          descriptor.enableTimeToLive(timeToLive);
          ValueState<Long> values = subtask.state(descriptor);
          return new Subject(descriptor, values::update);
        }
        case MAPS -> {
          var descriptor = new MapStateDescriptor<>("maps", number, number);
          descriptor.enableTimeToLive(timeToLive);
          MapState<Long, Long> maps = subtask.state(descriptor);
          return new Subject(descriptor, key -> repeat(element -> maps.put(element, key)));
        }
        case LONGS -> {
          var descriptor = new ListStateDescriptor<>("longs", number);
          descriptor.enableTimeToLive(timeToLive);
          ListState<Long> lists = subtask.state(descriptor);
          return new Subject(
              descriptor, key -> lists.update(LongStream.range(0, ELEMENTS).boxed().toList()));
        }
        case TEXTS -> {
          var descriptor = new ListStateDescriptor<>("texts", StringSerializer.INSTANCE);
          descriptor.enableTimeToLive(timeToLive);
          ListState<String> lists = subtask.state(descriptor);
          return new Subject(
              descriptor,
              key ->
                  lists.update(
                      LongStream.range(0, ELEMENTS)
                          .mapToObj(element -> "text " + element + key)
                          .toList()));
        }
      }
      throw new IllegalArgumentException(kind.toString());
    }

    private static void repeat(Writer writer) throws Exception {
      for (long element = 0; element < ELEMENTS; element++) {
        writer.write(element);
      }
    }
  }

  @FunctionalInterface
  private interface Writer {
    void write(long number) throws Exception;
  }
}
