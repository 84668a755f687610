package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltStateBackendFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expired entries that go, or stay, while a job goes on with other keys. */
class IncrementalCleanupTest {

  private static final int KEYS = 200;

  @TempDir Path temporary;
  private final AtomicLong now = new AtomicLong();
  private MockEnvironment environment;
  private AbstractKeyedStateBackend<Integer> backend;

  @BeforeEach
  void open() throws Exception {
    environment = MockEnvironment.builder().build();
    Configuration configuration = new Configuration();
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, temporary.toString());
    backend =
        new BasaltStateBackendFactory()
            .createFromConfig(configuration, getClass().getClassLoader())
            .createKeyedStateBackend(
                new KeyedStateBackendParametersImpl<>(
                    environment,
                    new JobID(),
                    "operator",
                    IntSerializer.INSTANCE,
                    10,
                    KeyGroupRange.of(0, 9),
                    environment.getTaskKvStateRegistry(),
                    now::get,
                    new UnregisteredMetricsGroup(),
                    List.of(),
                    new CloseableRegistry()));
  }

  @AfterEach
  void closeEverything() throws Exception {
    backend.dispose();
    environment.close();
  }

  @Test
  void whereTheJobAskedForItEveryExpiredEntryGoesAndNoOther() throws Exception {
    fillAndExpire(
        StateTtlConfig.newBuilder(Duration.ofMillis(100)).cleanupIncrementally(5, true).build());

    // Every key that is selected has the states visited in turn, to the end and from the start.
    for (int key = 0; key < KEYS; key++) {
      backend.setCurrentKey(-key);
    }

    assertThat(backend.getKeys("value", VoidNamespace.INSTANCE)).containsExactly(KEYS);
    assertThat(backend.getKeys("list", VoidNamespace.INSTANCE)).containsExactly(KEYS);
    assertThat(backend.getKeys("map", VoidNamespace.INSTANCE)).containsExactly(KEYS);
    assertThat(backend.numKeyValueStateEntries()).isEqualTo(3);
  }

  @Test
  void whereItDidNotEntriesWaitForACompaction() throws Exception {
    fillAndExpire(StateTtlConfig.newBuilder(Duration.ofMillis(100)).build());
    int before = backend.numKeyValueStateEntries();

    for (int key = 0; key < KEYS; key++) {
      backend.setCurrentKey(-key);
    }

    assertThat(backend.numKeyValueStateEntries()).isEqualTo(before);
  }

  /** Three states of {@code KEYS} expired keys, of the last key with one entry that is not. */
  private void fillAndExpire(StateTtlConfig configuration) throws Exception {
    ValueStateDescriptor<Integer> valueDescriptor =
        new ValueStateDescriptor<>("value", IntSerializer.INSTANCE);
    ListStateDescriptor<Integer> listDescriptor =
        new ListStateDescriptor<>("list", IntSerializer.INSTANCE);
    MapStateDescriptor<Integer, Integer> mapDescriptor =
        new MapStateDescriptor<>("map", IntSerializer.INSTANCE, IntSerializer.INSTANCE);
    valueDescriptor.enableTimeToLive(configuration);
    listDescriptor.enableTimeToLive(configuration);
    mapDescriptor.enableTimeToLive(configuration);
    ValueState<Integer> value = partitioned(valueDescriptor);
    ListState<Integer> list = partitioned(listDescriptor);
    MapState<Integer, Integer> map = partitioned(mapDescriptor);
    for (int key = 0; key <= KEYS; key++) {
      backend.setCurrentKey(key);
      list.add(1);
      map.put(1, key);
      map.put(2, key);
      if (key == KEYS) {
        now.addAndGet(150);
        map.put(2, key);
        list.add(2);
      }
      value.update(key);
    }
  }

  private <S extends State> S partitioned(StateDescriptor<S, ?> descriptor) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }
}
