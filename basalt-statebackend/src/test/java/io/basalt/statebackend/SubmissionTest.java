package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.client.JobInitializationException;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job's own configuration on a cluster that is configured for another backend. */
class SubmissionTest {

  private static final int RECORDS = 100;

  @RegisterExtension
  private static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(cluster())
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  private static Configuration cluster() {
    Configuration cluster = new Configuration();
    cluster.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    return cluster;
  }

  @Test
  void theFactorysNameIsAllAJobNeeds() throws Exception {
    List<String> backends = run(new Configuration());

    assertThat(backends).hasSize(RECORDS).containsOnly("Basalt");
  }

  @Test
  void aWrongValueFailsTheSubmission() {
    Configuration wrong = new Configuration();
    wrong.setString("state.backend.rocksdb.thread.num", "0");

    assertThatThrownBy(() -> run(wrong))
        .satisfies(
            failure -> {
              assertThat(ExceptionUtils.findThrowable(failure, JobInitializationException.class))
                  .as("found before any task was deployed")
                  .isPresent();
              assertThat(ExceptionUtils.findThrowable(failure, IllegalConfigurationException.class))
                  .hasValueSatisfying(
                      cause ->
                          assertThat(cause)
                              .hasMessageContainingAll(
                                  "'state.backend.rocksdb.thread.num'", "'0'", "larger than 0"));
            });
  }

  private static List<String> run(Configuration job) throws Exception {
    Configuration configuration = new Configuration(job);
    configuration.set(
        StateBackendOptions.STATE_BACKEND, "io.basalt.statebackend.BasaltStateBackendFactory");
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(1);
    return environment
        .fromSequence(1, RECORDS)
        .keyBy(number -> number % 7)
        .map(new BackendName())
        .executeAndCollect(RECORDS + 1);
  }

  /** Keeps some state and tells which backend does. */
  private static final class BackendName extends RichMapFunction<Long, String> {

    private transient ValueState<Long> sum;

    @Override
    public void open(OpenContext context) {
      sum = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Long.class));
    }

    @Override
    public String map(Long number) throws Exception {
      Long before = sum.value();
      sum.update(before == null ? number : before + number);
      return sum.getClass().getName().startsWith("io.basalt.") ? "Basalt" : "another";
    }
  }
}
