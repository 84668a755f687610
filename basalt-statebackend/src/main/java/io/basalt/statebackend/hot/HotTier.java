package io.basalt.statebackend.hot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hot tables of one backend: what they share is the memory, and the epochs in which their
 * changes go down. Task thread, but for {@link #abandon} and the writing of a closed epoch.
 *
 * <p>The invariants:
 *
 * <ul>
 *   <li>What is below is, but for the entries that were changed since, what a lookup would say.
 *   <li>An entry of an epoch that is closed and not settled is not changed and not evicted.
 *   <li>While there is such an epoch nothing of a later one goes down.
 * </ul>
 */
public final class HotTier implements Epochs, AutoCloseable {

  /** Changed entries that go down together when there is no room. */
  private static final int GROUP = 64;

  private final Budget.Share share;
  final ChangeWriter writer;
  private final int mostOfAGroup;
  final Room room;
  final ChangesByKey.Limits limits;
  final EvictionOrder order = new EvictionOrder();
  private final Deque<Epoch> closed = new ArrayDeque<>();
  private final List<HotEntry> going = new ArrayList<>(GROUP);
  private final List<HotTable> tables = new ArrayList<>();
  private volatile boolean isClosed;
  private volatile WrittenEpoch lastWritten = WrittenEpoch.NONE;
  private int openEpoch = 1;
  int settledEpoch;
  private long usedBytes;
  private long version;
  private @Nullable HotTable notable;
  private int lastNumber;

  /**
   * A tier without tables.
   *
   * @param share closed with the tier
   * @param writer used by one thread at a time, the task thread's or that of a snapshot
   */
  public HotTier(Budget.Share share, ChangeWriter writer) {
    this(share, writer, Epoch.LARGE_GROUP, ChangesByKey.Limits.DEFAULT);
  }

  HotTier(Budget.Share share, ChangeWriter writer, int mostOfAGroup, ChangesByKey.Limits limits) {
    this.share = share;
    this.room = new Room(this, share);
    this.writer = writer;
    this.mostOfAGroup = mostOfAGroup;
    this.limits = limits;
  }

  /** A table without entries. */
  public HotTable table(String name) {
    HotTable table = new HotTable(this, name);
    tables.add(table);
    return table;
  }

  /** A table of entries that are only ever offered and forgotten, for nobody writes them. */
  public HotTable tableOfNotes(String name) {
    return new HotTable(this, name);
  }

  /** All tables but those of notes, in the order in which they came. */
  public List<HotTable> tables() {
    return Collections.unmodifiableList(tables);
  }

  /** Entries of this table are those with which {@link EntryNotes} are kept, if none are so far. */
  public void keepNotes(HotTable table) {
    if (notable == null) {
      notable = table;
    }
  }

  /** Where notes are kept, if anywhere. */
  @Nullable HotTable notable() {
    return notable;
  }

  /** Without any note; null if there is no number left for them. */
  @Nullable EntryNotes newNotes() {
    if (lastNumber == EntryNotes.MOST_NUMBERS) {
      return null;
    }
    lastNumber++;
    return new EntryNotes(this, lastNumber);
  }

  /** How much all entries take. */
  public long usedBytes() {
    return usedBytes;
  }

  @Override
  public boolean haveChanges() {
    settle();
    if (closed.isEmpty()) {
      // Also of an operator that gets no records, or only reads what is here.
      room.giveWay();
    }
    return !closed.isEmpty() || tables.stream().anyMatch(HotTable::hasChanges);
  }

  @Override
  public Epoch close(Runnable fixing) {
    settle();
    List<ChangeList> changes =
        tables.stream().filter(HotTable::hasChanges).map(HotTable::takeChanges).toList();
    Epoch epoch = new Epoch(this, openEpoch, changes, fixing, closed.peekLast());
    room.giveOverdraftBack();
    closed.add(epoch);
    openEpoch++;
    return epoch;
  }

  /**
   * Writes all changes down, and waits for whoever has closed an epoch.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void writeAll() throws InterruptedException {
    close(() -> {}).finish();
    settle();
  }

  /** Nothing of an earlier epoch is in the way of changes that are to go down. */
  void finishClosed() throws InterruptedException {
    Epoch newest = closed.peekLast();
    if (newest != null) {
      newest.finish();
      settle();
    }
  }

  /** Whether no epoch waits for its changes to be written. */
  boolean isOpenAlone() {
    settle();
    return closed.isEmpty();
  }

  /** Whoever looked below before this may have seen what is not there any more. */
  void changedBelow() {
    version++;
  }

  /** Notes which epochs are through. */
  void settle() {
    for (Epoch epoch = closed.peek(); epoch != null && epoch.isDone(); epoch = closed.peek()) {
      settledEpoch = epoch.number();
      usedBytes -= epoch.replacedBytes;
      version++;
      closed.remove();
      tables.forEach(table -> table.settled(settledEpoch));
    }
  }

  long mostEntries() {
    return share.budgetBytes() / (3 * HotEntry.OVERHEAD_BYTES);
  }

  long version() {
    return version;
  }

  /** The last epoch that has been written. Any thread. */
  public WrittenEpoch lastWritten() {
    return lastWritten;
  }

  void written(WrittenEpoch epoch) {
    lastWritten = epoch;
  }

  int openEpoch() {
    return openEpoch;
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Whether the entry is what is below. */
  boolean isSettled(HotEntry entry) {
    return entry.epoch <= settledEpoch;
  }

  /** Whether it was changed since the last barrier. */
  boolean isOpen(HotEntry entry) {
    return entry.epoch == openEpoch;
  }

  /** So many bytes more are taken beside the entries, or less. */
  void taken(long bytes) {
    usedBytes += bytes;
  }

  void added(HotEntry entry) {
    order.add(entry);
    usedBytes += entry.bytes;
  }

  /**
   * An entry of a closed epoch is going to be changed: its value is left for whoever writes that.
   *
   * @return false if an earlier epoch still has its value there
   */
  boolean leave(HotEntry entry) {
    settle();
    if (isSettled(entry) || entry.isWritten(entry.epoch)) {
      return true;
    }
    if (entry.keepsValue(settledEpoch)) {
      return false;
    }
    entry.keepValue();
    staysUntilSettled(entry, entry.bytes - HotEntry.OVERHEAD_BYTES);
    usedBytes += entry.bytes - HotEntry.OVERHEAD_BYTES;
    return true;
  }

  /** An entry has been changed of which two closed epochs need a value: it stays for those. */
  void replaced(HotEntry entry, HotEntry by) {
    order.replace(entry, by);
    staysUntilSettled(entry, entry.bytes);
    usedBytes += by.bytes;
  }

  private void staysUntilSettled(HotEntry entry, int bytes) {
    for (Epoch epoch : closed) {
      if (epoch.number() == entry.epoch) {
        epoch.replacedBytes += bytes;
      }
    }
  }

  void resize(HotEntry entry, int bytes) {
    usedBytes += bytes - entry.bytes;
    order.resize(entry, bytes);
  }

  /** Has the next entry go; false if none can, or none has been found soon enough. */
  boolean evictNext() {
    settle();
    HotEntry entry = order.take(closed.isEmpty() ? openEpoch : settledEpoch);
    if (entry == null) {
      return false;
    }
    if (isSettled(entry)) {
      drop(entry);
    } else {
      writeAndDrop(entry);
    }
    return true;
  }

  /** The first of the epochs that wait to be written, or null if none does. */
  @Nullable Epoch oldestClosed() {
    return closed.peek();
  }

  /** The same as {@link #finishClosed}, for whoever cannot be interrupted. */
  void finishOrFail() {
    try {
      finishClosed();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(
        "Interrupted while a checkpoint was to be finished to make room.", cause);
  }

  /** Writes a changed entry and others that are to go soon, and drops all of them. */
  private void writeAndDrop(HotEntry first) {
    going.clear();
    for (HotEntry entry = first; entry != null; ) {
      going.add(entry);
      entry = going.size() < GROUP ? order.take(openEpoch) : null;
    }
    try {
      writeGoing();
    } catch (RuntimeException | Error e) {
      going.forEach(order::putBack);
      throw e;
    }
    going.forEach(this::drop);
    going.clear();
  }

  /** Writes the last changes of the open epoch, which stay as what is below. */
  void writeOpen(ChangeList changes) {
    going.clear();
    int end = Math.max(0, changes.size() - mostOfAGroup);
    for (int place = changes.size() - 1; place >= end; place--) {
      going.add(changes.get(place));
    }
    writeGoing();
    going.clear();
  }

  /** Writes entries that have been changed, at most a group of them. */
  void writeNow(List<HotEntry> changed) {
    finishOrFail();
    going.clear();
    going.addAll(changed);
    writeGoing();
    going.clear();
  }

  private void writeGoing() {
    try {
      writer.begin();
      for (HotEntry entry : going) {
        if (!isSettled(entry)) {
          entry.writeTo(writer.of(entry.table));
        }
      }
      writer.commit();
    } catch (RuntimeException | Error e) {
      writer.discard();
      // A part of the group may be there.
      going.forEach(entry -> entry.maybeBelow = true);
      throw e;
    }
    version++;
    for (HotEntry entry : going) {
      if (!isSettled(entry)) {
        entry.table.unchanged(entry);
      }
    }
  }

  /**
   * Writes some of the last changes of an epoch that is closed, and removes them from its list. On
   * whatever thread finishes it, while nobody else writes.
   */
  void writeGroup(ChangeList changes, int epoch, int most) {
    int end = Math.max(0, changes.size() - Math.min(most, mostOfAGroup));
    try {
      changes.write(end, epoch, writer);
      writer.commit();
    } catch (RuntimeException | Error e) {
      writer.discard();
      throw e;
    }
    for (int place = changes.size() - 1; place >= end; place--) {
      changes.get(place).written(epoch);
    }
    changes.removeLast(changes.size() - end);
  }

  void drop(HotEntry entry) {
    usedBytes -= entry.bytes;
    entry.table.evict(entry);
  }

  /** Nobody writes any more from now on, however much waits. Any thread. */
  public void abandon() {
    isClosed = true;
  }

  /** Forgets all entries, changed ones included. */
  @Override
  public void close() {
    abandon();
    share.close();
  }
}
