package io.basalt.statebackend.hot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one state in the tier. Task thread.
 *
 * <p>An entry is found by key and namespace, objects for which {@code equals} says the same as the
 * bytes they are written as, and which nobody changes. What is kept for it is the stored form of
 * the value, an object that nobody changes either, but for what {@link #changeable} says.
 */
public final class HotTable {

  /** What is kept where it is known that there is nothing. */
  public static final Object ABSENT =
      new Object() {
        @Override
        public String toString() {
          return "absent";
        }
      };

  /** So much trust that ten thousand keys can each be met twice before it is lost. */
  private static final int MOST_TRUST = 1 << 14;

  private final HotTier tier;
  private final String name;
  private final HotCounters counters = new HotCounters();
  private final PassingBy passingBy;
  private final TableChanges changes;
  final FoundEntries entries;

  /** How many entries have no namespace. */
  private int withoutNamespace;

  HotTable(HotTier tier, String name) {
    this.tier = tier;
    this.name = name;
    this.changes = new TableChanges(counters, tier.limits, tier::taken);
    this.passingBy = new PassingBy(tier, counters);
    this.entries = new FoundEntries(this::drop, passingBy::asked);
  }

  /** The name of the state. */
  public String name() {
    return name;
  }

  /** For what is kept in the table if that pays. */
  public Trust newTrust() {
    return new Trust(tier.mostEntries(), MOST_TRUST);
  }

  /** Those of the entries that are small maps, see {@link HotMaps}. */
  public HotMaps maps() {
    return new HotMaps(tier, this);
  }

  /** For changes of keys that nobody below has. */
  public UnwrittenKeys unwrittenKeys() {
    return new UnwrittenKeys(tier, this);
  }

  int withoutNamespace() {
    return withoutNamespace;
  }

  /** What has happened so far. */
  public HotCounters counters() {
    return counters;
  }

  /**
   * What is known of a key and namespace.
   *
   * @return the stored form, {@link #ABSENT}, or null if it is not known: then the caller looks
   *     below, and offers what he has found
   */
  public @Nullable Object get(Object key, @Nullable Object namespace) {
    tier.room.beforeRead();
    HotEntry entry = find(key, namespace);
    if (entry == null) {
      counters.misses++;
      return null;
    }
    counters.found(entry.isAbsent());
    return entry.value;
  }

  /**
   * The stored form of a value that was put since the last barrier, and has not been written down:
   * nobody else will look at it before the next one, so the caller may make another value of it, of
   * the same size, in place of {@link #put}. A reference to a new object, from one that is old, is
   * work for the garbage collector (G1 notes each), often more than all else of an update. Null if
   * there is none.
   */
  public @Nullable Object changeable(Object key, @Nullable Object namespace) {
    HotEntry entry = findToOverwrite(key, namespace);
    return entry != null && tier.isOpen(entry) && !entry.isAbsent() ? entry.value : null;
  }

  /**
   * Whether a change of what is not known here had better be made below by the caller, as soon as
   * every epoch that is closed is finished, see {@link PassingBy}.
   */
  public boolean isPassedBy(Object key, @Nullable Object namespace) {
    return findToOverwrite(key, namespace) == null && passingBy.isDone();
  }

  /** To be asked for before looking below, and given back with what was found there. */
  public long version() {
    return tier.version();
  }

  /**
   * Keeps what the caller has found below, unless something has been written there or is known of
   * the key since, or it is so large that others had better stay.
   *
   * @param keyBytes what key and namespace take, as objects
   * @param value the stored form, or {@link #ABSENT}
   * @param valueBytes what it takes
   * @param version as of before he looked
   */
  public void offer(
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      int keyBytes,
      Object value,
      int valueBytes,
      long version) {
    if (!tier.room.isThereFor(HotEntry.bytes(keyBytes, valueBytes))) {
      return;
    }
    if (version == tier.version() && find(key, namespace) == null) {
      insert(key, namespace, keyGroup, keyBytes, value, valueBytes);
      tier.room.afterChange();
    }
  }

  /** There is this value from now on; not if it throws. */
  public void put(
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      int keyBytes,
      Object value,
      int valueBytes) {
    tier.room.beforeChange();
    HotEntry entry = findToOverwrite(key, namespace);
    if (entry == null) {
      entry = insert(key, namespace, keyGroup, keyBytes, value, valueBytes);
      entry.maybeBelow = true;
      changed(entry);
    } else {
      entry = change(entry, value, HotEntry.bytes(keyBytes, valueBytes));
    }
    tier.room.afterChange();
  }

  /** There is nothing from now on; not if it throws. */
  public void remove(Object key, @Nullable Object namespace, int keyGroup, int keyBytes) {
    tier.room.beforeChange();
    unset(key, namespace, keyGroup, keyBytes);
    tier.room.afterChange();
  }

  /** The same without making room. */
  void unset(Object key, @Nullable Object namespace, int keyGroup, int keyBytes) {
    HotEntry entry = findToOverwrite(key, namespace);
    if (entry == null) {
      entry = insert(key, namespace, keyGroup, keyBytes, ABSENT, 0);
      entry.maybeBelow = true;
      changed(entry);
    } else if (!entry.isAbsent()) {
      entry = change(entry, ABSENT, HotEntry.bytes(keyBytes, 0));
      if (!entry.maybeBelow) {
        // Came and went between two barriers: nobody below ever hears of it.
        unchanged(entry);
      }
      tier.order.expectNoMore(entry);
    }
  }

  /**
   * Writes the table's changes down, for somebody who is going to look below. Waits for whoever has
   * closed an epoch.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void writeDown() throws InterruptedException {
    tier.settle();
    // Not for the sake of others' changes.
    if (!changes.areNone()) {
      tier.finishClosed();
      writeOpen();
    }
  }

  /** What has been changed and may not be below. */
  public TableChanges changes() {
    tier.settle();
    return changes;
  }

  /** Whether {@link #writeDown} would have to do the work of an epoch, or to wait for that. */
  public boolean waitsForEpoch() {
    return !tier.isOpenAlone() && !changes.areNone();
  }

  void writeOpen() {
    ChangeList open = changes.open();
    open.sortByKeyGroup();
    while (!open.isEmpty()) {
      tier.writeOpen(open);
    }
  }

  /** Has what is known of a key and namespace below, and forgets it. */
  public void writeDownAndForget(Object key, @Nullable Object namespace) {
    HotEntry entry = entries.look(key, namespace);
    if (entry != null && !tier.isSettled(entry)) {
      tier.writeNow(List.of(entry));
    }
    forget(key, namespace);
  }

  /** What is kept for a key and namespace, if anything, takes another size. */
  public void grown(Object key, @Nullable Object namespace, int keyBytes, int valueBytes) {
    HotEntry entry = find(key, namespace);
    if (entry != null) {
      resize(entry, HotEntry.bytes(keyBytes, valueBytes));
      tier.room.afterChange();
    }
  }

  /**
   * Forgets what is known of a key and namespace, which has not been changed since it was written.
   */
  public void forget(Object key, @Nullable Object namespace) {
    HotEntry entry = entries.look(key, namespace);
    if (entry == null) {
      return;
    }
    if (!tier.isSettled(entry)) {
      throw new IllegalStateException("A change of state '" + name + "' would be lost.");
    }
    drop(entry);
  }

  /** The same where it may have been changed: then nothing is forgotten. Says whether it is. */
  public boolean forgetWritten(Object key, @Nullable Object namespace) {
    tier.settle();
    HotEntry entry = entries.look(key, namespace);
    if (entry == null || !tier.isSettled(entry)) {
      return false;
    }
    drop(entry);
    return true;
  }

  void drop(HotEntry entry) {
    tier.order.remove(entry);
    tier.drop(entry);
  }

  /** Writes the table's changes down and forgets all of its entries. */
  public void forget() throws InterruptedException {
    writeDown();
    forgetNotes();
  }

  /** The same of a table of notes, which has no changes. */
  public void forgetNotes() {
    for (HotEntry entry : entries.all()) {
      drop(entry);
    }
    entries.forgetClearings();
  }

  /** For whoever removes ranges of keys below. */
  public RemovedRanges ranges() {
    return new RemovedRanges(tier, this, changes);
  }

  boolean hasChanges() {
    return !changes.open().isEmpty();
  }

  /** The changes up to the barrier, which is now. */
  ChangeList takeChanges() {
    return changes.close(tier.openEpoch());
  }

  /** All changes up to the end of that epoch are below. */
  void settled(int epoch) {
    changes.settled(epoch);
  }

  void changed(HotEntry entry) {
    entry.enter(tier.openEpoch());
    changes.add(entry);
  }

  /** It is what is below. */
  void unchanged(HotEntry entry) {
    changes.remove(entry);
    entry.epoch = 0;
  }

  HotEntry change(HotEntry entry, Object value, int bytes) {
    HotEntry changed = entry;
    if (tier.isSettled(entry)) {
      entry.maybeBelow = !entry.isAbsent();
      changed(entry);
    } else if (!tier.isOpen(entry)) {
      // Somebody may be writing it.
      changed = tier.leave(entry) ? entry : replace(entry);
      changed.maybeBelow = true;
      changed(changed);
    }
    if (changed.isAbsent() != (value == ABSENT)) {
      changes.open().mark(changed, value == ABSENT);
    }
    changed.set(value);
    resize(changed, bytes);
    return changed;
  }

  /** Two epochs need the entry as it was at their ends: it stays as it is, for those. */
  private HotEntry replace(HotEntry entry) {
    HotEntry by = entry.copy();
    entries.replace(entry, by);
    tier.replaced(entry, by);
    return by;
  }

  void resize(HotEntry entry, int bytes) {
    counters.bytes += bytes - entry.bytes;
    tier.resize(entry, bytes);
  }

  /** Something has been changed below, see {@link #isPassedBy}. */
  public void passedBy() {
    tier.changedBelow();
  }

  HotEntry insert(
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      int keyBytes,
      Object value,
      int valueBytes) {
    passingBy.came();
    HotEntry entry =
        new HotEntry(
            this,
            key,
            namespace,
            keyGroup,
            FoundEntries.hash(key, namespace),
            value,
            HotEntry.bytes(keyBytes, valueBytes));
    entries.add(entry);
    tier.added(entry);
    counters.entries++;
    withoutNamespace += namespace == null ? 1 : 0;
    counters.bytes += entry.bytes;
    return entry;
  }

  /** It has been taken out of the order of eviction, and is what is below. */
  void evict(HotEntry entry) {
    entries.remove(entry);
    counters.entries--;
    withoutNamespace -= entry.namespace == null ? 1 : 0;
    counters.bytes -= entry.bytes;
    counters.evictions++;
  }

  @Nullable HotEntry find(Object key, @Nullable Object namespace) {
    checkOpen();
    return entries.find(key, namespace);
  }

  private @Nullable HotEntry findToOverwrite(Object key, @Nullable Object namespace) {
    checkOpen();
    return entries.findToOverwrite(key, namespace, tier.openEpoch());
  }

  private void checkOpen() {
    if (tier.isClosed()) {
      throw new IllegalStateException(
          "State '" + name + "' was used after the state backend had been closed.");
    }
  }
}
