package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys of the tier into their table, with empty values.
 *
 * @param writes into the table
 */
record WrittenKeys(Table table, SortedWrites writes) implements EntryWriter {

  private static final byte[] NO_VALUE = {};

  @Override
  public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
    writes.put(table, ((StoredBytes) key).bytes(), NO_VALUE);
  }

  @Override
  public void remove(Object key, @Nullable Object namespace, int keyGroup) {
    writes.delete(table, ((StoredBytes) key).bytes());
  }
}
