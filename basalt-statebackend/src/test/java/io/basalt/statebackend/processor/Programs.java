package io.basalt.statebackend.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.StateBootstrapTransformation;
import org.apache.flink.state.api.functions.KeyedStateBootstrapFunction;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.streaming.api.windowing.triggers.CountTrigger;
import org.apache.flink.streaming.api.windowing.triggers.PurgingTrigger;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** Programs of the State Processor API that read or make what the job has. */
final class Programs {

  private Programs() {}

  static StreamExecutionEnvironment environment() {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    environment.setParallelism(2);
    return environment;
  }

  /** Every key's states and timers. */
  static List<String> readStates(String snapshot, StateBackend backend, OperatorIdentifier operator)
      throws Exception {
    return all(
        SavepointReader.read(environment(), snapshot, backend)
            .readKeyedState(operator, new Show(), Types.LONG, Types.STRING));
  }

  /** What every pending window has added up. */
  static List<Long> readWindows(String snapshot, StateBackend backend) throws Exception {
    return all(
        SavepointReader.read(environment(), snapshot, backend)
            .window(new GlobalWindow.Serializer())
            .reduce(Numbers.WINDOWS_UID, Long::sum, Types.LONG, Types.LONG));
  }

  private static <T> List<T> all(DataStream<T> stream) throws Exception {
    List<T> all = new ArrayList<>();
    try (CloseableIterator<T> iterator = stream.executeAndCollect()) {
      iterator.forEachRemaining(all::add);
    }
    return all;
  }

  static StateBootstrapTransformation<Long> states(StreamExecutionEnvironment environment) {
    return OperatorTransformation.bootstrapWith(stored(environment))
        .keyBy(Numbers::key, Types.LONG)
        .transform(new Store());
  }

  static StateBootstrapTransformation<Long> windows(StreamExecutionEnvironment environment) {
    return OperatorTransformation.bootstrapWith(stored(environment))
        .keyBy(Numbers::key, Types.LONG)
        .window(GlobalWindows.create())
        .trigger(PurgingTrigger.of(CountTrigger.of(Numbers.WINDOW)))
        .reduce(Long::sum);
  }

  /** One subtask, so that each key's first number comes first. */
  private static DataStream<Long> stored(StreamExecutionEnvironment environment) {
    return environment.fromSequence(0, Numbers.STORED - 1).setParallelism(1);
  }

  private static final class Store extends KeyedStateBootstrapFunction<Long, Long> {

    private transient Contents contents;

    @Override
    public void open(OpenContext context) {
      contents = new Contents(getRuntimeContext());
    }

    @Override
    public void processElement(Long number, KeyedStateBootstrapFunction<Long, Long>.Context context)
        throws Exception {
      contents.add(number);
      long key = context.getCurrentKey();
      context.timerService().registerEventTimeTimer(Numbers.eventTimeTimer(key));
      context.timerService().registerProcessingTimeTimer(Numbers.processingTimeTimer(key));
    }
  }

  private static final class Show extends KeyedStateReaderFunction<Long, String> {

    private transient Contents contents;

    @Override
    public void open(OpenContext context) {
      contents = new Contents(getRuntimeContext());
    }

    @Override
    public void readKey(
        Long key, KeyedStateReaderFunction.Context context, Collector<String> output)
        throws Exception {
      output.collect(
          contents.describe(key)
              + ", timers "
              + new TreeSet<>(context.registeredEventTimeTimers())
              + new TreeSet<>(context.registeredProcessingTimeTimers()));
    }
  }
}
