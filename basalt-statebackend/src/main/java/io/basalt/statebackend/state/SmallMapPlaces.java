package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.store.Table;

/**
 * The same of maps of numbers, and the keys of their entries in the table. Task thread, but for
 * what {@link #writer} gives.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
final class SmallMapPlaces<K, N> extends MapPlaces<K, N> {

  private final NumberEntries<?, ?> numbers;

  SmallMapPlaces(StoredKeys<K, N> keys, EntryKeys<K, N> entryKeys, NumberEntries<?, ?> numbers) {
    super(keys, entryKeys);
    this.numbers = numbers;
  }

  /** The key of an entry of the map. */
  byte[] entryKey(Place place, long userKey) {
    return numbers.entryKey(prefix(place), userKey);
  }

  /** Of entries of the tier, for the task thread. */
  KeyBytes keyBytes() {
    return new SmallMapKeys(this::prefix, numbers);
  }

  /**
   * Writes entries of the tier into the table.
   *
   * @param others writes those that stand for themselves
   * @param writer writes keys for that thread alone
   * @param writes into the table
   */
  EntryWriter writer(
      EntryWriter others, CompositeKeyWriter<K> writer, Table table, SortedWrites writes) {
    return new SmallMapWriter(prefixes(writer), numbers, others, table, writes);
  }
}
