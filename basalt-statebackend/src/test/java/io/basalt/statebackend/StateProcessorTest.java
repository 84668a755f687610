package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.functions.KeyedStateBootstrapFunction;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs of the State Processor API, which set up their backend by themselves. */
class StateProcessorTest {

  private static final long NUMBERS = 100;
  private static final OperatorIdentifier OPERATOR = OperatorIdentifier.forUid("operator");

  @RegisterExtension
  private static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir private Path directory;

  /** Each time a new one: a backend is part of a program. */
  enum Backend {
    BASALT {
      @Override
      StateBackend create(Path localDirectory) {
        BasaltStateBackend backend = new BasaltStateBackend();
        backend.setDbStoragePath(localDirectory.toString());
        backend.setPriorityQueueStateType(PriorityQueueStateType.HEAP);
        return backend;
      }
    },
    STOCK {
      @Override
      StateBackend create(Path localDirectory) {
        EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
        backend.setDbStoragePath(localDirectory.toString());
        return backend;
      }
    };

    abstract StateBackend create(Path localDirectory);
  }

  static Stream<Arguments> writersAndReaders() {
    return Stream.of(
        Arguments.of(Backend.BASALT, Backend.BASALT),
        Arguments.of(Backend.BASALT, Backend.STOCK),
        Arguments.of(Backend.STOCK, Backend.BASALT));
  }

  @ParameterizedTest
  @MethodSource("writersAndReaders")
  void readsWhatAProgramHasWritten(Backend writer, Backend reader) throws Exception {
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    Path local = Files.createDirectory(directory.resolve("local"));
    String savepoint = directory.resolve("savepoint").toUri().toString();

    StreamExecutionEnvironment writing = environment();
    SavepointWriter.newSavepoint(writing, writer.create(local), 16)
        .withOperator(
            OPERATOR,
            OperatorTransformation.bootstrapWith(writing.fromSequence(1, NUMBERS))
                .keyBy(number -> number % 10)
                .transform(new Sum()))
        .write(savepoint);
    writing.execute();

    List<String> sums = new ArrayList<>();
    try (CloseableIterator<String> read =
        SavepointReader.read(environment(), savepoint, reader.create(local))
            .readKeyedState(OPERATOR, new SumReader())
            .executeAndCollect()) {
      read.forEachRemaining(sums::add);
    }

    // 10 + 20 + ... + 100, 1 + 11 + ... + 91, and so on.
    assertThat(sums)
        .containsExactlyInAnyOrder(
            "0: 550", "1: 460", "2: 470", "3: 480", "4: 490", "5: 500", "6: 510", "7: 520",
            "8: 530", "9: 540");
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  private static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    environment.setParallelism(2);
    return environment;
  }

  private static ValueStateDescriptor<Long> sum() {
    return new ValueStateDescriptor<>("sum", Long.class);
  }

  /** Adds up the numbers of a key. */
  private static final class Sum extends KeyedStateBootstrapFunction<Long, Long> {
    private transient ValueState<Long> sum;

    @Override
    public void open(OpenContext context) {
      sum = getRuntimeContext().getState(sum());
    }

    @Override
    public void processElement(Long number, KeyedStateBootstrapFunction<Long, Long>.Context context)
        throws Exception {
      Long before = sum.value();
      sum.update(before == null ? number : before + number);
    }
  }

  /** Shows the sum of each key. */
  private static final class SumReader extends KeyedStateReaderFunction<Long, String> {
    private transient ValueState<Long> sum;

    @Override
    public void open(OpenContext context) {
      sum = getRuntimeContext().getState(sum());
    }

    @Override
    public void readKey(
        Long key, KeyedStateReaderFunction.Context context, Collector<String> output)
        throws Exception {
      output.collect(key + ": " + sum.value());
    }
  }
}
