package io.basalt.statebackend.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of an entry's key, of that by which the tier has the entry. */
@FunctionalInterface
interface KeyBytes {

  /** Nobody changes the array. */
  byte[] of(Object key, @Nullable Object namespace, int keyGroup);

  /** Whether entries that have a namespace are maps. */
  default boolean areOfMaps() {
    return false;
  }

  /** What is known of an entry that is a map, and has no entries as far as is known; else null. */
  default @Nullable Object emptied(Object map) {
    return null;
  }

  /** The keys that such a map is known not to have. */
  default List<byte[]> removed(byte[] prefix, Object emptied) {
    throw new IllegalStateException("There are no maps.");
  }
}
