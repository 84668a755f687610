package io.basalt.statebackend.hot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the tier knows of one key and namespace: a value, or that there is none.
 *
 * <p>Task thread, but for {@link #writeTo(EntryWriter, int)}, by which another thread writes it as
 * it was when an {@link Epoch} was closed. Until that is settled a change leaves the value of the
 * epoch beside the new one. That value is enough: a new entry in the place of the old one would be
 * linked from index, queue and list anew, and such links from old objects keep the garbage
 * collector (G1) busier than the task.
 */
final class HotEntry {

  private static final VarHandle VALUE;
  private static final VarHandle EPOCH;
  private static final VarHandle CLOSED_EPOCH;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      VALUE = lookup.findVarHandle(HotEntry.class, "value", Object.class);
      EPOCH = lookup.findVarHandle(HotEntry.class, "epoch", int.class);
      CLOSED_EPOCH = lookup.findVarHandle(HotEntry.class, "closedEpoch", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Of the object itself and its place in the index, in a heap with compressed references; measured
   * by {@code HotTierTest}.
   */
  static final int OVERHEAD_BYTES = 80;

  /**
   * From half of a region on, which is a megabyte at least, G1 gives an object regions of its own:
   * up to twice what it takes.
   */
  private static final int HUGE_BYTES = 512 << 10;

  private static final int VISITS_BITS = 2;

  /** More is not counted: an entry that was asked for so often outlives as many rounds. */
  private static final int MOST_VISITS = (1 << VISITS_BITS) - 1;

  final HotTable table;
  final Object key;
  final @Nullable Object namespace;

  /** A number of two bytes, as in Flink; as an int it would take eight more. */
  final short keyGroup;

  final int hash;

  /** In the stored form of the table, or {@link HotTable#ABSENT}. */
  Object value;

  /** What it counts for, in bytes. */
  int bytes;

  /** The epoch of its last change; 0 if it is what is below. */
  int epoch;

  /** The value as of the end of {@link #closedEpoch}, if it has been changed since. */
  private @Nullable Object closedValue;

  /** An epoch for whose value nobody needs {@link #value} any more. */
  private int closedEpoch;

  /** Of a changed entry: whether there may be anything below, which its removal has to remove. */
  boolean maybeBelow;

  /** How often it was asked for, in the lower bits, and above them a note of {@link EntryNotes}. */
  private byte visitsAndNote;

  /** The last of its table's {@link Clearings} that it is known to be of after. */
  short clearing;

  /** Whether its place in the order of eviction is in the main queue, and not in the small one. */
  boolean proven;

  /** Whether it was cleared, and has lost that place; it may have got a value since. */
  boolean cleared;

  /** The next in the same bucket of the index. */
  @Nullable HotEntry chained;

  /** Neighbours in the queue of the order of eviction. */
  @Nullable HotEntry older;

  @Nullable HotEntry newer;

  /** Where it is in the list of changes of its epoch. */
  int place;

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
    this.keyGroup = (short) keyGroup;
    this.hash = hash;
    this.value = value;
    this.bytes = bytes;
  }

  /** Another one of the same key, with the same value. */
  HotEntry copy() {
    return new HotEntry(table, key, namespace, keyGroup, hash, value, bytes);
  }

  /** What an entry counts for. */
  static int bytes(int keyBytes, int valueBytes) {
    long bytes = (long) OVERHEAD_BYTES + keyBytes + valueBytes;
    return (int) Math.min(Integer.MAX_VALUE, bytes < HUGE_BYTES ? bytes : 2 * bytes);
  }

  boolean is(Object otherKey, @Nullable Object otherNamespace, int otherHash) {
    return hash == otherHash
        && (key == otherKey || key.equals(otherKey))
        && (namespace == otherNamespace || (namespace != null && namespace.equals(otherNamespace)));
  }

  boolean isAbsent() {
    return value == HotTable.ABSENT;
  }

  /** It has been asked for; whether that counts. */
  boolean visit() {
    boolean counts = visits() < MOST_VISITS;
    if (counts) {
      visitsAndNote++;
    }
    return counts;
  }

  /** Asked for so often since it came, or since it was last passed over. */
  int visits() {
    return visitsAndNote & MOST_VISITS;
  }

  void setVisits(int visits) {
    visitsAndNote = (byte) ((visitsAndNote & ~MOST_VISITS) | visits);
  }

  /** What somebody has noted with it, 0 if nothing. Another entry in its place has no note. */
  int note() {
    return (visitsAndNote & 0xFF) >>> VISITS_BITS;
  }

  /** Notes a number of at most {@link EntryNotes#MOST_NUMBERS}. */
  void setNote(int note) {
    visitsAndNote = (byte) ((note << VISITS_BITS) | visits());
  }

  /** Whether the value of that epoch, the last in which it was changed, has been written. */
  boolean isWritten(int closed) {
    return (int) CLOSED_EPOCH.getAcquire(this) == closed;
  }

  /** Whether a value of an epoch is kept that is not settled. */
  boolean keepsValue(int settledEpoch) {
    return closedEpoch > settledEpoch;
  }

  /** Leaves the value for whoever writes its epoch, which is closed. */
  void keepValue() {
    closedValue = value;
    CLOSED_EPOCH.setRelease(this, epoch);
  }

  /** From now on its changes are of that epoch. */
  void enter(int open) {
    // Whoever sees the next value sees this before, and what was kept.
    EPOCH.setRelease(this, open);
  }

  void set(Object newValue) {
    VALUE.setRelease(this, newValue);
  }

  /** Writes it as it is. Task thread. */
  void writeTo(EntryWriter writer) {
    write(writer, value);
  }

  /** Writes it as it was at the end of an epoch in which it was changed. Any thread. */
  void writeTo(EntryWriter writer, int closed) {
    // In this order: a value that was put after the epoch was left is not taken for one of it.
    Object current = VALUE.getAcquire(this);
    if ((int) EPOCH.getAcquire(this) == closed) {
      write(writer, current);
    } else {
      Object kept = closedValue;
      if (kept == null) {
        throw new IllegalStateException("The value of epoch " + closed + " has been lost.");
      }
      write(writer, kept);
    }
  }

  /** The epoch has been written with this entry: its value is not needed for that any more. */
  void written(int closed) {
    if ((int) EPOCH.getAcquire(this) == closed) {
      // The task thread may just be leaving the epoch: it writes the same.
      CLOSED_EPOCH.setRelease(this, closed);
    } else {
      closedValue = null;
    }
  }

  private void write(EntryWriter writer, Object written) {
    if (written == HotTable.ABSENT) {
      writer.remove(key, namespace, keyGroup);
    } else {
      writer.put(key, namespace, keyGroup, written);
    }
  }
}
