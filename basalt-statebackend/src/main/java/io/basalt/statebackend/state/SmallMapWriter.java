package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Writes what has been changed of small maps into the table. One thread at a time.
 *
 * @param prefixes says what the keys of a map's entries begin with
 * @param others writes entries that stand for themselves, which have no namespace
 * @param writes into the table
 */
record SmallMapWriter(
    MapPlaces.Prefixes prefixes,
    NumberEntries<?, ?> numbers,
    EntryWriter others,
    Table table,
    SortedWrites writes)
    implements EntryWriter {

  @Override
  public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
    if (namespace == null) {
      others.put(key, null, keyGroup, value);
      return;
    }
    SmallMap map = (SmallMap) value;
    byte[] prefix = prefixes.prefix(key, namespace, keyGroup);
    for (int place = 0; place < map.size(); place++) {
      if (map.isChanged(place)) {
        write(map, place, numbers.entryKey(prefix, map.key(place)));
      }
    }
  }

  private void write(SmallMap map, int place, byte[] entryKey) {
    if (map.isAbsent(place)) {
      writes.delete(table, entryKey);
    } else {
      writes.put(
          table, entryKey, numbers.bytes(map.isNull(place), map.value(place), map.time(place)));
    }
  }

  @Override
  public void remove(Object key, @Nullable Object namespace, int keyGroup) {
    others.remove(key, namespace, keyGroup);
  }
}
