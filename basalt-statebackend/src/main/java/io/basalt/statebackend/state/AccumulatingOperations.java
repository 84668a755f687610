package io.basalt.statebackend.state;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
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

  private final ValueOperations<K, N, A> accumulators;
  private final Accumulation<I, A> accumulation;

  AccumulatingOperations(ValueOperations<K, N, A> accumulators, Accumulation<I, A> accumulation) {
    this.accumulators = accumulators;
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
    byte[] entryKey = accumulators.entryKey(key, keyGroup, namespace);
    A accumulator = accumulators.read(entryKey, keyGroup);
    accumulators.write(entryKey, keyGroup, accumulation.add(accumulator, value));
  }

  /**
   * Moves the accumulators of the sources into that of the target.
   *
   * @param sources null elements are passed over, repeated ones count once; the target may be among
   *     them
   */
  void mergeNamespaces(K key, int keyGroup, N target, Collection<? extends @Nullable N> sources)
      throws Exception {
    byte[] targetKey = accumulators.entryKey(key, keyGroup, target);
    // Everything is read and combined before anything is written.
    Set<byte[]> merged = new TreeSet<>(Arrays::compareUnsigned);
    A result = null;
    for (N source : sources) {
      if (source == null) {
        continue;
      }
      byte[] sourceKey = accumulators.entryKey(key, keyGroup, source);
      A accumulator = merged.contains(sourceKey) ? null : accumulators.read(sourceKey, keyGroup);
      if (accumulator != null) {
        merged.add(sourceKey);
        result = result == null ? accumulator : accumulation.merge(result, accumulator);
      }
    }
    if (result != null) {
      A old = merged.contains(targetKey) ? null : accumulators.read(targetKey, keyGroup);
      result = old == null ? result : accumulation.merge(result, old);
      replace(targetKey, keyGroup, result);
      merged.remove(targetKey);
    }
    merged.forEach(accumulators::delete);
  }

  private void replace(byte[] entryKey, int keyGroup, @Nullable A accumulator) {
    if (accumulator == null) {
      accumulators.delete(entryKey);
    } else {
      accumulators.write(entryKey, keyGroup, accumulator);
    }
  }
}
