package io.basalt.statebackend.state;

import io.basalt.statebackend.config.CollectionSettings;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.ExpiryClock;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.jspecify.annotations.Nullable;

/**
 * What all state objects of a backend share.
 *
 * @param keyContext says which key is the current one
 * @param keyWriter writes keys of entries on the task thread
 * @param collections how large maps and lists are treated
 * @param hot keeps live entries; null for none
 * @param clock by which states expire
 * @param database keeps itself open for readers on other threads, and has the batches
 */
record StateContext<K>(
    InternalKeyContext<K> keyContext,
    TypeSerializer<K> keySerializer,
    CompositeKeyWriter<K> keyWriter,
    KeyGroupPrefix prefix,
    Database database,
    @Nullable HotStates<K> hot,
    CollectionSettings collections,
    ExpiryClock clock) {}
