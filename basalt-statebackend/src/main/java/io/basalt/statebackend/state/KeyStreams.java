package io.basalt.statebackend.state;

import io.basalt.statebackend.catalog.Catalog;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.InternalKeyContext;

/**
 * The keys under which states have entries.
 *
 * <p>Every stream is read lazily and shows the states as they were when it was asked for, whatever
 * is written while it is read. It holds a cursor: the caller closes it (a stream read to its end
 * closes itself); a database that closes takes the cursor with it.
 *
 * @param <K> the type of the key
 */
public final class KeyStreams<K> {

  public KeyStreams(
      Catalog catalog, InternalKeyContext<K> keyContext, TypeSerializer<K> keySerializer) {}

  /** The distinct keys of a state in a namespace; none if there is no such state. */
  public <N> Stream<K> keys(String state, N namespace) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** The distinct keys that at least one of the states has in the namespace. */
  public <N> Stream<K> keys(List<String> states, N namespace) {
    throw new UnsupportedOperationException("not written yet");
  }

  /** The distinct pairs of key and namespace of a state; none if there is no such state. */
  public <N> Stream<Tuple2<K, N>> keysAndNamespaces(String state) {
    throw new UnsupportedOperationException("not written yet");
  }
}
