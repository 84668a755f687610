package io.basalt.statebackend.backend;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.schema.StateRegistration;
import io.basalt.statebackend.snapshot.KeyedStateSnapshots;
import io.basalt.statebackend.state.HotStates;
import io.basalt.statebackend.state.KeyStreams;
import io.basalt.statebackend.state.KeyedStates;
import io.basalt.statebackend.timer.TimerQueues;
import io.basalt.statebackend.ttl.CompactionExpiry;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.StateBackend.KeyedStateBackendParameters;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.jspecify.annotations.Nullable;

/** All that a keyed backend is put together from; it owns none of the native parts. */
record BackendParts<K>(
    KeyedStateBackendParameters<K> parameters,
    TypeSerializer<K> keySerializer,
    LatencyTrackingStateConfig latencyTracking,
    SizeTrackingStateConfig sizeTracking,
    CloseableRegistry cancellation,
    StreamCompressionDecorator compression,
    InternalKeyContext<K> keyContext,
    CompositeKeyWriter<K> keyWriter,
    Catalog catalog,
    StateRegistration registration,
    CompactionExpiry expiry,
    KeyedStates<K> states,
    @Nullable HotStates<K> hotStates,
    KeyStreams<K> keyStreams,
    TimerQueues timers,
    boolean timersOnHeap,
    KeyedStateSnapshots<K> snapshots,
    TableWatch tableWatch) {}
