package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.transfer.Transfers;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateBackend.CustomInitializationMetrics;
import org.apache.flink.runtime.state.StateSerializerProvider;

/**
 * What is to be restored, for whom and where.
 *
 * @param handles the state, in any mixture of kinds; empty for a task that starts without
 * @param range the key groups of the task
 * @param numberOfKeyGroups the maximum parallelism of the operator
 * @param keySerializer the job's; learns here what the snapshots' keys were written with
 * @param userClassLoader finds the serializers of the snapshots
 * @param specification how to open the databases
 * @param instanceDirectory local and the task's own; the database goes into its subdirectory {@code
 *     db}, everything else in there is gone when the restore ends
 * @param transfers how files are brought from checkpoint storage
 * @param rescale how files come to another parallelism
 * @param verify whether all table files are read and checked before they are used
 * @param cancellation its closing ends the restore
 * @param metrics told how long it took, in milliseconds
 */
public record RestoreRequest<K>(
    Collection<KeyedStateHandle> handles,
    KeyGroupRange range,
    int numberOfKeyGroups,
    StateSerializerProvider<K> keySerializer,
    ClassLoader userClassLoader,
    DatabaseSpecification specification,
    Path instanceDirectory,
    Transfers transfers,
    RescaleSettings rescale,
    boolean verify,
    CloseableRegistry cancellation,
    CustomInitializationMetrics metrics) {}
