package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.hot.Epochs;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;

/**
 * What snapshots are taken of. Everything is read on the task thread, in the synchronous part.
 *
 * @param database owned by the backend, which cancels all snapshots before it closes it
 * @param epochs the changes that wait above the database
 * @param catalog the states in the database, restored timers included
 * @param heapQueues the timers that live on the heap, by name; empty if timers are in the database.
 *     Native snapshots do not contain them (Flink writes them into the raw keyed state, see {@code
 *     requiresLegacySynchronousTimerSnapshots}), canonical ones do
 * @param keySerializer the serializer of keys
 * @param keyGroupRange the key groups of the subtask
 * @param keyGroupPrefix how a key group is written in front of a key
 * @param <K> the type of the key
 */
public record SnapshotSources<K>(
    Database database,
    Epochs epochs,
    Catalog catalog,
    Supplier<? extends Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>>> heapQueues,
    TypeSerializer<K> keySerializer,
    KeyGroupRange keyGroupRange,
    KeyGroupPrefix keyGroupPrefix) {}
