package io.basalt.statebackend.lifecycle;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/** A state and a queue of timers: few files, for tests that begin and end many tasks. */
final class TwoStates implements States {

  private static final int KEYS = 100;

  private final CheckpointableKeyedStateBackend<Integer> backend;
  private final ValueState<Integer> value;
  private final KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, VoidNamespace>>
      timers;

  TwoStates(CheckpointableKeyedStateBackend<Integer> backend) throws Exception {
    this.backend = backend;
    value = EveryState.state(backend, new ValueStateDescriptor<>("value", IntSerializer.INSTANCE));
    timers =
        backend.create(
            "timers",
            new TimerSerializer<>(IntSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  @Override
  public void fill() throws Exception {
    for (int key = 0; key < KEYS; key++) {
      if (EveryState.owns(backend, key)) {
        backend.setCurrentKey(key);
        value.update(key);
        timers.add(new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE));
      }
    }
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker")
  public void beginToRead() {
    backend.getKeys("value", VoidNamespace.INSTANCE).iterator().next();
    timers.iterator().next();
  }
}
