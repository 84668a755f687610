package io.basalt.statebackend.exchange;

import io.basalt.statebackend.harness.OperatorSubtask;
import java.util.List;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;

/** A subtask and the queues of timers that the program has in it. */
record Subtask<K>(OperatorSubtask<K> operator, List<TimerQueue<K, ?>> timers) {

  CheckpointableKeyedStateBackend<K> backend() {
    return operator.backend();
  }

  KeyGroupRange range() {
    return operator.range();
  }

  boolean owns(K key) {
    return operator.owns(key);
  }
}
