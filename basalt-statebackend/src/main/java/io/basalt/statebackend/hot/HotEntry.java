package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * What the tier knows of one key and namespace: a value, or that there is none.
 *
 * <p>Task thread, but for an entry of a closed {@link Epoch}: that is never changed again until the
 * epoch is settled (a change puts another entry in its place), so that another thread can write it
 * down meanwhile. Links of the index and of the order of eviction are not part of that.
 */
final class HotEntry {

  /**
   * Of the object itself and its place in the index, in a heap with compressed references; measured
   * by {@code HotTierTest}.
   */
  static final int OVERHEAD_BYTES = 80;

  /** More is not counted: an entry that was asked for so often outlives as many rounds. */
  private static final byte MOST_VISITS = 3;

  final HotTable table;
  final Object key;
  final @Nullable Object namespace;
  final int keyGroup;
  final int hash;

  /** In the stored form of the table, or {@link HotTable#ABSENT}. */
  Object value;

  /** What it counts for, in bytes. */
  int bytes;

  /** The epoch of its last change; 0 if it is what is below. */
  long epoch;

  /** Of a changed entry: whether there may be anything below, which its removal has to remove. */
  boolean maybeBelow;

  /** Asked for so often since it came, or since it was last passed over. */
  byte visits;

  /** Whether its place in the order of eviction is in the main queue, and not in the small one. */
  boolean proven;

  /** Whether it was cleared, and has lost that place; it may have got a value since. */
  boolean cleared;

  /** The next in the same bucket of the index. */
  @Nullable HotEntry chained;

  /** Neighbours in the queue of the order of eviction. */
  @Nullable HotEntry older;

  @Nullable HotEntry newer;

  /** Neighbours in the list of changes of its epoch. */
  @Nullable HotEntry changedBefore;

  @Nullable HotEntry changedAfter;

  HotEntry(
      HotTable table,
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      int hash,
      Object value,
      int bytes) {
    this.table = table;
    this.key = key;
    this.namespace = namespace;
    this.keyGroup = keyGroup;
    this.hash = hash;
    this.value = value;
    this.bytes = bytes;
  }

  /** What an entry counts for. */
  static int bytes(int keyBytes, int valueBytes) {
    return (int) Math.min(Integer.MAX_VALUE, (long) OVERHEAD_BYTES + keyBytes + valueBytes);
  }

  boolean is(Object otherKey, @Nullable Object otherNamespace, int otherHash) {
    return hash == otherHash
        && (key == otherKey || key.equals(otherKey))
        && (namespace == otherNamespace || (namespace != null && namespace.equals(otherNamespace)));
  }

  boolean isAbsent() {
    return value == HotTable.ABSENT;
  }

  void visit() {
    if (visits < MOST_VISITS) {
      visits++;
    }
  }

  /** Writes it as it is. */
  void writeTo(EntryWriter writer) {
    if (isAbsent()) {
      writer.remove(key, namespace, keyGroup);
    } else {
      writer.put(key, namespace, keyGroup, value);
    }
  }
}
