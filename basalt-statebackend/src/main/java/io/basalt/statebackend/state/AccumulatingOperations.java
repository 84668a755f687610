package io.basalt.statebackend.state;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An accumulator under a key and namespace: read, combined by the user's function, written back.
 *
 * <p>A user's function may throw at any call; then nothing has been written yet and the state is
 * what it was before.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <I> the type of what is added
 * @param <A> the type of the accumulator
 */
final class AccumulatingOperations<K, N, I, A> implements EntryOperations<K, N, A> {

  private final EntryOperations<K, N, A> accumulators;
  private final EntryKeys<K, N> keys;
  private final Accumulation<I, A> accumulation;

  AccumulatingOperations(
      EntryOperations<K, N, A> accumulators,
      EntryKeys<K, N> keys,
      Accumulation<I, A> accumulation) {
    this.accumulators = accumulators;
    this.keys = keys;
    this.accumulation = accumulation;
  }

  @Override
  public @Nullable A get(K key, int keyGroup, N namespace) {
    return accumulators.get(key, keyGroup, namespace);
  }

  @Override
  public void put(K key, int keyGroup, N namespace, A accumulator) {
    accumulators.put(key, keyGroup, namespace, accumulator);
  }

  @Override
  public void remove(K key, int keyGroup, N namespace) {
    accumulators.remove(key, keyGroup, namespace);
  }

  /** Adds a value to the accumulator. */
  void add(K key, int keyGroup, N namespace, I value) throws Exception {
    A accumulator = accumulators.get(key, keyGroup, namespace);
    accumulators.put(key, keyGroup, namespace, accumulation.add(accumulator, value));
  }

  /**
   * Moves the accumulators of the sources into that of the target.
   *
   * @param sources null elements are passed over, repeated ones count once; the target may be among
   *     them
   */
  void mergeNamespaces(K key, int keyGroup, N target, Collection<? extends @Nullable N> sources)
      throws Exception {
    byte[] targetKey = keys.write(key, keyGroup, target);
    // Everything is read and combined before anything is written. Which namespaces are the same is
    // said by their bytes.
    Map<byte[], N> merged = new TreeMap<>(Arrays::compareUnsigned);
    A result = null;
    for (N source : sources) {
      if (source == null) {
        continue;
      }
      byte[] sourceKey = keys.write(key, keyGroup, source);
      A accumulator =
          merged.containsKey(sourceKey) ? null : accumulators.get(key, keyGroup, source);
      if (accumulator != null) {
        merged.put(sourceKey, source);
        result = result == null ? accumulator : accumulation.merge(result, accumulator);
      }
    }
    if (result != null) {
      A old = merged.containsKey(targetKey) ? null : accumulators.get(key, keyGroup, target);
      result = old == null ? result : accumulation.merge(result, old);
      replace(key, keyGroup, target, result);
      merged.remove(targetKey);
    }
    merged.values().forEach(source -> accumulators.remove(key, keyGroup, source));
  }

  private void replace(K key, int keyGroup, N namespace, @Nullable A accumulator) {
    if (accumulator == null) {
      accumulators.remove(key, keyGroup, namespace);
    } else {
      accumulators.put(key, keyGroup, namespace, accumulator);
    }
  }
}
