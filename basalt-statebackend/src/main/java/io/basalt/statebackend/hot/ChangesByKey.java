package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changed entries of one table in the order of their keys' bytes, for whoever walks over ranges of
 * them while they wait to be written: of each key group from the first walk on, for to look through
 * all of its changes for each few entries would take longer than to wait. Without those that have a
 * namespace, which are maps. Task thread.
 */
final class ChangesByKey {

  private final Map<Integer, NavigableMap<byte[], HotEntry>> groups = new HashMap<>();

  /** Gives the changes of a key group, the last of each key last. */
  @FunctionalInterface
  interface Source {
    void forEach(Consumer<HotEntry> taking);
  }

  /** The changes of a range of a key group, each as it is when the iterator gets there. */
  Iterator<ChangedEntry> of(Bounds range, int keyGroup, Source source) {
    NavigableMap<byte[], HotEntry> group = groups.get(keyGroup);
    if (group == null) {
      NavigableMap<byte[], HotEntry> ordered = new TreeMap<>(Arrays::compareUnsigned);
      source.forEach(entry -> put(ordered, entry));
      groups.put(keyGroup, ordered);
      group = ordered;
    }
    return new Walk(group, range);
  }

  private static void put(NavigableMap<byte[], HotEntry> group, HotEntry entry) {
    if (entry.namespace == null) {
      group.put(((StoredBytes) entry.key).bytes(), entry);
    }
  }

  /** It has been changed. */
  void add(HotEntry entry) {
    NavigableMap<byte[], HotEntry> group = groups.get((int) entry.keyGroup);
    if (group != null) {
      put(group, entry);
    }
  }

  /** It is what is below. */
  void remove(HotEntry entry) {
    NavigableMap<byte[], HotEntry> group = groups.get((int) entry.keyGroup);
    if (group != null && entry.namespace == null) {
      group.remove(((StoredBytes) entry.key).bytes(), entry);
    }
  }

  /** Steps from key to key: whoever walks may change what he has passed. */
  private static final class Walk implements Iterator<ChangedEntry> {

    private final NavigableMap<byte[], HotEntry> group;
    private final byte[] upperExclusive;
    private Map.@Nullable Entry<byte[], HotEntry> next;

    Walk(NavigableMap<byte[], HotEntry> group, Bounds range) {
      this.group = group;
      this.upperExclusive = range.upperExclusive();
      this.next = group.ceilingEntry(range.lowerInclusive());
    }

    @Override
    public boolean hasNext() {
      return next != null && Arrays.compareUnsigned(next.getKey(), upperExclusive) < 0;
    }

    @Override
    public ChangedEntry next() {
      Map.Entry<byte[], HotEntry> entry = next;
      if (entry == null || !hasNext()) {
        throw new NoSuchElementException();
      }
      next = group.higherEntry(entry.getKey());
      return new ChangedEntry(entry.getKey(), entry.getValue().value);
    }
  }
}
