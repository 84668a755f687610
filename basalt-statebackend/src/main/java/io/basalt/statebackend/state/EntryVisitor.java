package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.CompositeKeyReader;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateEntry;
import org.apache.flink.runtime.state.internal.InternalKvState.StateIncrementalVisitor;

/**
 * Visits everything a state holds, a few keys and namespaces at a time, in the order of the bytes.
 *
 * <p>Holds no cursor between two calls: it remembers where it was. Entries written behind that
 * place meanwhile are visited, those before it are not. Task thread only.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of what is held under a key and namespace
 */
final class EntryVisitor<K, N, V> implements StateIncrementalVisitor<K, N, V> {

  private final Table table;
  private final Supplier<? extends EntryOperations<K, N, V>> operations;
  private final InternalKeyContext<K> keyContext;
  private final CompositeKeyReader<K, N> reader;
  private final int entriesAtOnce;
  private final byte[] upperExclusive;
  private byte[] lowerInclusive;
  private boolean atEnd;

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
    return !atEnd;
  }

  @Override
  public Collection<StateEntry<K, N, V>> nextEntries() {
    List<StateEntry<K, N, V>> entries = new ArrayList<>();
    for (CompositeKeyReader.Parts<K, N> place : nextPlaces()) {
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

  private List<CompositeKeyReader.Parts<K, N>> nextPlaces() {
    List<CompositeKeyReader.Parts<K, N>> places = new ArrayList<>(entriesAtOnce);
    if (atEnd) {
      return places;
    }
    try (Cursor cursor = table.cursor(lowerInclusive, upperExclusive)) {
      cursor.seekToFirst();
      while (places.size() < entriesAtOnce && cursor.isValid()) {
        byte[] entryKey = cursor.key();
        CompositeKeyReader.Parts<K, N> place = reader.read(entryKey);
        places.add(place);
        // Behind all entries of the place: a map has one for each of its user keys.
        lowerInclusive =
            Bounds.ofPrefix(Arrays.copyOf(entryKey, place.userKeyOffset())).upperExclusive();
        cursor.seek(lowerInclusive);
      }
      atEnd = !cursor.isValid();
    } catch (IOException e) {
      throw EntryFailure.readingKey(table.name(), e);
    }
    return places;
  }

  private int keyGroup(StateEntry<K, N, V> entry) {
    return KeyGroupRangeAssignment.assignToKeyGroup(
        entry.getKey(), keyContext.getNumberOfKeyGroups());
  }
}
