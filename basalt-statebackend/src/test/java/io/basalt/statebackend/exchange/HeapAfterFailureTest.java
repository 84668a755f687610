package io.basalt.statebackend.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job that catches what its own function has thrown, and goes on to a savepoint. */
class HeapAfterFailureTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void basaltHasWhatItHadBefore() throws Exception {
    savepointAfterAFailure(Participant.BASALT);
  }

  /** What the heap backend of Flink does; once this fails, the limit is gone. */
  @Test
  void theHeapCannotWriteASavepointAfterIt() {
    assertThatThrownBy(() -> savepointAfterAFailure(Participant.HEAP))
        .hasRootCauseInstanceOf(NullPointerException.class);
  }

  private void savepointAfterAFailure(Participant participant) throws Exception {
    try (KeyedOperator<Long> operator =
        KeyedOperator.start(
            workspace, participant, LongSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 128)) {
      KeyedStateBackend<Long> backend = operator.subtasks().get(0).backend();
      backend.setCurrentKey(1L);
      AggregatingState<Long, Long> state =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              new AggregatingStateDescriptor<>("sum", new Failing(), LongSerializer.INSTANCE));
      assertThatThrownBy(() -> state.add(1L)).hasStackTraceContaining("overflow");
      assertThat(state.get()).isNull();
      operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, "unread"));
    }
  }

  private static final class Failing implements AggregateFunction<Long, Long, Long> {
    @Override
    public Long createAccumulator() {
      return Long.MAX_VALUE;
    }

    @Override
    public Long add(Long value, Long accumulator) {
      return Math.addExact(value, accumulator);
    }

    @Override
    public Long getResult(Long accumulator) {
      return accumulator;
    }

    @Override
    public Long merge(Long one, Long other) {
      return Math.addExact(one, other);
    }
  }
}
