package io.basalt.statebackend.exchange;

import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * One state of a {@link StateProgram}: how it is changed at random, what it must hold after that,
 * and how what it holds is read.
 *
 * @param <N> type of its namespaces
 * @param <S> the state as a job sees it
 * @param <V> what it holds for a key and a namespace, in a form with {@code equals}
 */
abstract class ProgramState<N, S extends State, V> {

  private final StateDescriptor<S, ?> descriptor;
  private final TypeSerializer<N> namespaceSerializer;
  private final List<N> namespaces;

  ProgramState(
      StateDescriptor<S, ?> descriptor, TypeSerializer<N> namespaceSerializer, List<N> namespaces) {
    this.descriptor = descriptor;
    this.namespaceSerializer = namespaceSerializer;
    this.namespaces = namespaces;
  }

  /**
   * Does one random thing to the state of the current key and namespace.
   *
   * @param old what the state holds, null for nothing
   * @return what it must hold from now on, null for nothing
   */
  abstract V change(S state, V old, Random random) throws Exception;

  /** What the state of the current key and namespace holds, null for nothing. */
  abstract V read(S state) throws Exception;

  final String name() {
    return descriptor.getName();
  }

  final List<N> namespaces() {
    return namespaces;
  }

  final boolean expires() {
    return descriptor.getTtlConfig().isEnabled();
  }

  final void register(KeyedStateBackend<?> backend) throws Exception {
    in(backend, namespaces.get(0));
  }

  @SuppressWarnings("unchecked") // The contents only ever hold what change() of this state gave.
  final Object changeIn(KeyedStateBackend<?> backend, Object namespace, Object old, Random random)
      throws Exception {
    return change(in(backend, (N) namespace), (V) old, random);
  }

  @SuppressWarnings("unchecked") // Namespaces come from namespaces().
  final V readIn(KeyedStateBackend<?> backend, Object namespace) throws Exception {
    return read(in(backend, (N) namespace));
  }

  private S in(KeyedStateBackend<?> backend, N namespace) throws Exception {
    return backend.getPartitionedState(namespace, namespaceSerializer, descriptor);
  }

  @Override
  public final String toString() {
    return name();
  }
}
