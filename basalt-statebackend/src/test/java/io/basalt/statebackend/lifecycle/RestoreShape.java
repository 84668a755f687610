package io.basalt.statebackend.lifecycle;

import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;

/** What becomes of the two subtasks that a snapshot was taken of. */
enum RestoreShape {
  SAME,
  SPLIT,
  MERGED;

  KeyGroupRange range() {
    int half = EveryState.MAX_PARALLELISM / 2;
    return switch (this) {
      case SAME -> KeyGroupRange.of(0, half - 1);
      case SPLIT -> KeyGroupRange.of(half / 4, half / 2);
      case MERGED -> KeyGroupRange.of(0, EveryState.MAX_PARALLELISM - 1);
    };
  }

  List<KeyedStateHandle> handles(List<KeyedStateHandle> ofBothSubtasks) {
    return this == MERGED ? ofBothSubtasks : ofBothSubtasks.subList(0, 1);
  }
}
