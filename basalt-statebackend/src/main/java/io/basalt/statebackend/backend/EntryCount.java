package io.basalt.statebackend.backend;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;

/** Counts entries exactly, by reading every key. */
final class EntryCount {

  private EntryCount() {}

  static int of(Catalog catalog, KeyGroupRange range, int numberOfKeyGroups) {
    Bounds bounds = KeyGroupPrefix.forKeyGroups(numberOfKeyGroups).bounds(range);
    int count = 0;
    for (RegisteredState state : catalog.all()) {
      if (!(state.metaInfo() instanceof RegisteredKeyValueStateBackendMetaInfo)) {
        continue;
      }
      try (Cursor cursor = state.table().cursor(bounds.lowerInclusive(), bounds.upperExclusive())) {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          count++;
        }
      }
    }
    return count;
  }
}
