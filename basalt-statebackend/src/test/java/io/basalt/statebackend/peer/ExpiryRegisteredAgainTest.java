package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state that is registered twice in one life of a backend, as under Flink's changelog: first as
 * its log has it, then as the job wants it. What lives by the latter must not go by the former.
 */
final class ExpiryRegisteredAgainTest {

  private static final long LONG_AGO = 1;
  private static final long NOW = 1_000_000;

  @TempDir private Path directory;

  @Test
  void withoutATimeToLive() throws Exception {
    assertThat(
            new Peers(directory)
                .onBasalt(
                    IntSerializer.INSTANCE,
                    (backend, transcript) -> {
                      register(backend, expiring(Duration.ofMillis(100)))
                          .update(new TtlValue<>(LONG_AGO, NOW));
                      backend.setTime(NOW);
                      // The smallest of numbers would be a time long ago.
                      InternalValueState<Integer, VoidNamespace, Long> plain =
                          register(
                              backend, new ValueStateDescriptor<>("s", LongSerializer.INSTANCE));
                      backend.compact(expiring(Duration.ofMillis(100)));
                      transcript.show("migrated", plain::value);
                      plain.update(LONG_AGO);
                      backend.compact(expiring(Duration.ofMillis(100)));
                      transcript.show("written", plain::value);
                    }))
        .containsExactly("migrated -> 1", "written -> 1");
  }

  @Test
  void withALongerTimeToLive() throws Exception {
    assertThat(
            new Peers(directory)
                .onBasalt(
                    IntSerializer.INSTANCE,
                    (backend, transcript) -> {
                      register(backend, expiring(Duration.ofMillis(100)))
                          .update(new TtlValue<>(7L, NOW));
                      backend.setTime(NOW + 500);
                      InternalValueState<Integer, VoidNamespace, TtlValue<Long>> longer =
                          register(backend, expiring(Duration.ofSeconds(1)));
                      backend.compact(expiring(Duration.ofSeconds(1)));
                      transcript.show("within", () -> longer.value().getUserValue());
                      backend.setTime(NOW + 1_000);
                      backend.compact(expiring(Duration.ofSeconds(1)));
                      transcript.show("after", longer::value);
                    }))
        .containsExactly("within -> 7", "after -> null");
  }

  /** What Flink hands to a backend for a value state that expires. */
  private static ValueStateDescriptor<TtlValue<Long>> expiring(Duration timeToLive) {
    ValueStateDescriptor<TtlValue<Long>> descriptor =
        new ValueStateDescriptor<>(
            "s", new TtlSerializer<>(LongSerializer.INSTANCE, LongSerializer.INSTANCE));
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(timeToLive).build());
    return descriptor;
  }

  private static <V> InternalValueState<Integer, VoidNamespace, V> register(
      PeerBackend<Integer> backend, StateDescriptor<ValueState<V>, V> descriptor) throws Exception {
    InternalValueState<Integer, VoidNamespace, V> state =
        backend
            .keyed()
            .createOrUpdateInternalState(
                VoidNamespaceSerializer.INSTANCE,
                descriptor,
                StateSnapshotTransformFactory.noTransform(),
                true);
    backend.key(1);
    state.setCurrentNamespace(VoidNamespace.INSTANCE);
    return state;
  }
}
