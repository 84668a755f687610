package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.CompositeKeyReader;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateEntry;
import org.apache.flink.runtime.state.internal.InternalKvState.StateIncrementalVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Visits everything a state holds when the first entries are asked for, a few keys and namespaces
 * at a time, in the order of the bytes. What comes later may be visited or not.
 *
 * <p>A job with incremental cleanup has a few visited at every access. So only the first call has
 * changes written down, and shows nothing while they would have to wait for a checkpoint, unless it
 * comes again and again; and a cursor finds places for many calls. None is held between two. Task
 * thread only.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of what is held under a key and namespace
 */
final class EntryVisitor<K, N, V> implements StateIncrementalVisitor<K, N, V> {

  /** As many as a cursor pays for, which costs as much as a few reads. */
  private static final int PLACES_AHEAD = 128;

  /** A cleanup will not ask so often while a checkpoint is written; who wants all of them does. */
  private static final int MOST_IN_VAIN = 1 << 20;

  private final Table table;
  private final @Nullable HotStates<K> hot;
  private final Supplier<? extends EntryOperations<K, N, V>> operations;
  private final InternalKeyContext<K> keyContext;
  private final CompositeKeyReader<K, N> reader;
  private final int entriesAtOnce;
  private final byte[] upperExclusive;
  private final Deque<CompositeKeyReader.Parts<K, N>> ahead = new ArrayDeque<>();
  private byte[] lowerInclusive;
  private int inVain;
  private boolean begun;
  private boolean foundAll;

  /**
   * A visitor of all entries.
   *
   * @param operations those of the state's latest registration, each time
   */
  EntryVisitor(
      StateBinding<K, N, V> binding,
      Supplier<? extends EntryOperations<K, N, V>> operations,
      int entriesAtOnce) {
    StateContext<K> context = binding.context();
    this.table = binding.table();
    this.hot = context.hot();
    this.operations = operations;
    this.keyContext = context.keyContext();
    this.reader =
        new CompositeKeyReader<>(
            context.keySerializer(), binding.namespaceSerializer(), context.prefix());
    this.entriesAtOnce = Math.max(1, entriesAtOnce);
    Bounds bounds = context.prefix().bounds(keyContext.getKeyGroupRange());
    this.lowerInclusive = bounds.lowerInclusive();
    this.upperExclusive = bounds.upperExclusive();
  }

  @Override
  public boolean hasNext() {
    return !foundAll || !ahead.isEmpty();
  }

  @Override
  public Collection<StateEntry<K, N, V>> nextEntries() {
    List<StateEntry<K, N, V>> entries = new ArrayList<>();
    if (!begun && !begin()) {
      return entries;
    }
    if (ahead.isEmpty() && !foundAll) {
      findPlaces();
    }
    for (int i = 0; i < entriesAtOnce && !ahead.isEmpty(); i++) {
      CompositeKeyReader.Parts<K, N> place = ahead.remove();
      V held = operations.get().get(place.key(), place.keyGroup(), place.namespace());
      if (held != null) {
        entries.add(new StateEntry.SimpleStateEntry<>(place.key(), place.namespace(), held));
      }
    }
    return entries;
  }

  @Override
  public void remove(StateEntry<K, N, V> entry) {
    operations.get().remove(entry.getKey(), keyGroup(entry), entry.getNamespace());
  }

  @Override
  public void update(StateEntry<K, N, V> entry, V newValue) {
    operations.get().put(entry.getKey(), keyGroup(entry), entry.getNamespace(), newValue);
  }

  /** Whether there is something to visit now. */
  private boolean begin() {
    if (hot != null && hot.waitsForEpoch(table) && inVain < MOST_IN_VAIN) {
      inVain++;
      return false;
    }
    table.handOver();
    begun = true;
    return true;
  }

  private void findPlaces() {
    try (Cursor cursor = table.cursor(lowerInclusive, upperExclusive, null)) {
      cursor.seekToFirst();
      int most = Math.max(entriesAtOnce, PLACES_AHEAD);
      while (ahead.size() < most && cursor.isValid()) {
        byte[] entryKey = cursor.key();
        CompositeKeyReader.Parts<K, N> place = reader.read(entryKey);
        ahead.add(place);
        // Behind all entries of the place: a map has one for each of its user keys.
        lowerInclusive =
            Bounds.ofPrefix(Arrays.copyOf(entryKey, place.userKeyOffset())).upperExclusive();
        cursor.seek(lowerInclusive);
      }
      foundAll = !cursor.isValid();
    } catch (IOException e) {
      throw EntryFailure.readingKey(table.name(), e);
    }
  }

  private int keyGroup(StateEntry<K, N, V> entry) {
    return KeyGroupRangeAssignment.assignToKeyGroup(
        entry.getKey(), keyContext.getNumberOfKeyGroups());
  }
}
