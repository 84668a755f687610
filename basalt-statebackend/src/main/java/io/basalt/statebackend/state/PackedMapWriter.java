package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Writes what has been changed of packed maps into the table. One thread at a time.
 *
 * @param prefixes says what the keys of a map's entries begin with
 * @param others writes entries that stand for themselves, which have no namespace
 * @param writes into the table
 */
record PackedMapWriter(
    MapPlaces.Prefixes prefixes, EntryWriter others, Table table, SortedWrites writes)
    implements EntryWriter {

  @Override
  public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
    if (namespace == null) {
      others.put(key, null, keyGroup, value);
      return;
    }
    PackedMap map = (PackedMap) value;
    byte[] prefix = prefixes.prefix(key, namespace, keyGroup);
    for (int place = 0; place < map.size(); place++) {
      if (map.isChanged(place)) {
        byte[] userKey = map.key(place);
        byte[] entryKey = PackedMapChanges.entryKey(prefix, userKey, userKey.length);
        if (map.isAbsent(place)) {
          writes.delete(table, entryKey);
        } else {
          writes.put(table, entryKey, map.value(place));
        }
      }
    }
  }

  @Override
  public void remove(Object key, @Nullable Object namespace, int keyGroup) {
    others.remove(key, namespace, keyGroup);
  }
}
