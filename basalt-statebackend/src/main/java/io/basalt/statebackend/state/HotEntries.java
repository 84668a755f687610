package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.ChangedEntry;
import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.hot.TableChanges;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a state, kept in the tier as long as they are hot, by their bytes. Whoever walks
 * over them walks over the table, which gets all changes before; while they wait for an epoch to be
 * written he gets them beside what the table has. Of {@link SmallMaps}, which may be in the same
 * part of the tier, nothing is known here.
 */
final class HotEntries implements EntryStore {

  /** What an array takes beside its content. */
  private static final int ARRAY_OVERHEAD_BYTES = 16 + 7;

  /** Values that are longer are not copied only to know whether they are there. */
  private static final int SHORT_VALUE_BYTES = 256;

  /** Keys that are to be deleted and not yet are. */
  private static final int MOST_HELD_KEYS = 1_024;

  private final HotTable hot;
  private final Table table;
  private final KeyGroupPrefix prefix;
  private final @Nullable MapExpiry expiry;

  /** How long values are, lately. */
  private int typicalBytes;

  /**
   * The entries of a table, none of them known.
   *
   * @param expiry when compactions may take entries; null for never
   */
  HotEntries(HotTable hot, Table table, KeyGroupPrefix prefix, @Nullable MapExpiry expiry) {
    this.hot = hot;
    this.table = table;
    this.prefix = prefix;
    this.expiry = expiry;
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    StoredBytes hotKey = new StoredBytes(key);
    Object stored = known(hotKey);
    if (stored == null) {
      return read(hotKey);
    }
    return stored == HotTable.ABSENT ? null : (byte[]) stored;
  }

  @Override
  public boolean contains(byte[] key) {
    StoredBytes hotKey = new StoredBytes(key);
    Object stored = known(hotKey);
    if (stored != null) {
      return stored != HotTable.ABSENT;
    }
    if (typicalBytes <= SHORT_VALUE_BYTES) {
      return read(hotKey) != null;
    }
    long version = hot.version();
    boolean present = table.contains(key);
    if (!present) {
      hot.offer(hotKey, null, keyGroup(hotKey), hotKey.heapBytes(), HotTable.ABSENT, 0, version);
    }
    return present;
  }

  /** What the tier has under a key, for whoever keeps it, or null if it does not know. */
  @Nullable Object stored(StoredBytes key) {
    Object stored = known(key);
    return stored instanceof byte[] value && hot.changeable(key, null) != null
        ? value.clone()
        : stored;
  }

  /**
   * The same, not copied. What a compaction may have taken is not known any more: where that has
   * happened, and the map been cleared since by what the table has, it would come back with a clock
   * that is set back.
   */
  private @Nullable Object known(StoredBytes key) {
    Object stored = hot.get(key, null);
    return expiry != null
            && stored instanceof byte[] value
            && expiry.mayBeTaken(value)
            && hot.forgetWritten(key, null)
        ? null
        : stored;
  }

  /** Keeps what a walk over the table has found. */
  void offer(StoredBytes key, byte[] value) {
    hot.offer(key, null, keyGroup(key), key.heapBytes(), value, heapBytes(value), hot.version());
  }

  /** Keeps that there is no such entry, where the caller knows it. */
  void offerAbsent(StoredBytes key) {
    hot.offer(key, null, keyGroup(key), key.heapBytes(), HotTable.ABSENT, 0, hot.version());
  }

  /** Finds what the tier does not know, and lets it know. */
  byte @Nullable [] read(StoredBytes key) {
    long version = hot.version();
    byte[] found = table.get(key.bytes());
    if (found == null) {
      hot.offer(key, null, keyGroup(key), key.heapBytes(), HotTable.ABSENT, 0, version);
    } else {
      hot.offer(key, null, keyGroup(key), key.heapBytes(), found, heapBytes(found), version);
    }
    return found;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    if (!keeps(key, value)) {
      table.putBuffered(key, value);
      hot.passedBy();
    }
  }

  /** The same in the tier in any case, where nothing can fail once there is room for a change. */
  void keep(byte[] key, byte[] value) {
    StoredBytes hotKey = new StoredBytes(key);
    hot.put(hotKey, null, keyGroup(hotKey), hotKey.heapBytes(), value, heapBytes(value));
  }

  @Override
  public void putAll(List<byte[]> keys, List<byte[]> values) {
    for (int entry = 0; entry < keys.size(); entry++) {
      put(keys.get(entry), values.get(entry));
    }
  }

  /** Sets a value in the tier, unless it is to be set in the table. */
  private boolean keeps(byte[] key, byte[] value) {
    StoredBytes hotKey = new StoredBytes(key);
    if (hot.changeable(hotKey, null) instanceof byte[] changeable
        && changeable.length == value.length) {
      System.arraycopy(value, 0, changeable, 0, value.length);
      return true;
    }
    if (hot.isPassedBy(hotKey, null)) {
      return false;
    }
    hot.put(hotKey, null, keyGroup(hotKey), hotKey.heapBytes(), value, heapBytes(value));
    return true;
  }

  @Override
  public void delete(byte[] key) {
    StoredBytes hotKey = new StoredBytes(key);
    if (hot.isPassedBy(hotKey, null)) {
      table.deleteBuffered(key);
      hot.passedBy();
      return;
    }
    hot.remove(hotKey, null, keyGroup(hotKey), hotKey.heapBytes());
  }

  @Override
  public void deleteAll(Bounds bounds, int rangeDeleteEntries) {
    int keyGroup = prefix.keyGroup(bounds.lowerInclusive());
    // What is changed of the range is not to be written only to be removed, if that is much. To
    // write what is beside it would wait for an epoch: a walk over the range does not; nor does one
    // where only maps that are kept together are changed have anything written, as few keys need.
    boolean isAside =
        rangeDeleteEntries > 0
            && !hot.waitsForEpoch()
            && !hot.changes().areOfMaps()
            && hot.ranges().writeOthers(bounds, keyGroup, rangeDeleteEntries);
    // Before anything is removed: to note that may need room, and what is written then is neither
    // what a cursor that is open by then finds nor changed any more.
    List<StoredBytes> aside = isAside ? hot.ranges().changed(bounds, keyGroup) : List.of();
    int entries = 0;
    for (byte[] from = bounds.lowerInclusive(); from != null; ) {
      // Deleted when the cursor is closed: to make room for that may write what it has yet to show.
      List<byte[]> few = new ArrayList<>();
      Bounds left = new Bounds(from, bounds.upperExclusive());
      try (EntryCursor cursor = isAside ? openBelow(left) : openAt(left)) {
        if (isAside && entries == 0 && !cursor.isValid()) {
          hot.ranges().forget(bounds, keyGroup);
          return;
        }
        for (; few.size() < MOST_HELD_KEYS && cursor.isValid(); cursor.next()) {
          entries++;
          if (entries == rangeDeleteEntries && table.takesRangeDeletions()) {
            if (!isAside) {
              // Those deletions too that were made on the way here.
              table.handOver();
            }
            // Before anything is forgotten: it may fail.
            table.deleteRange(bounds.lowerInclusive(), bounds.upperExclusive());
            hot.ranges().forget(bounds, keyGroup);
            return;
          }
          few.add(cursor.key());
        }
        from = cursor.isValid() ? cursor.key() : null;
      }
      few.forEach(this::delete);
    }
    aside.forEach(changed -> hot.remove(changed, null, keyGroup, changed.heapBytes()));
  }

  @Override
  public EntryCursor openAt(Bounds bounds) {
    TableChanges changes = hot.changes();
    if (changes.areOfMaps()) {
      return openBelow(bounds);
    }
    if (!hot.waitsForEpoch()) {
      return EntryCursor.of(table.cursor(bounds.lowerInclusive(), bounds.upperExclusive()));
    }
    // Taken before the table is looked at: the snapshot's thread may be writing some of them. And
    // without a look at where it has got to: they are in order only while an epoch waits.
    Iterator<ChangedEntry> ordered =
        changes.inOrder(bounds, prefix.keyGroup(bounds.lowerInclusive()));
    return CursorWithChanges.over(openBelow(bounds), ordered);
  }

  /** What is in the table, where nothing that waits above has to be written for that. */
  private EntryCursor openBelow(Bounds bounds) {
    table.handOverBuffered();
    return EntryCursor.of(table.cursor(bounds.lowerInclusive(), bounds.upperExclusive(), null));
  }

  private int heapBytes(byte[] value) {
    typicalBytes += (value.length - typicalBytes) / 8;
    return ARRAY_OVERHEAD_BYTES + value.length;
  }

  private int keyGroup(StoredBytes key) {
    return prefix.keyGroup(key.bytes());
  }

  /**
   * Writes entries of the tier into the table.
   *
   * @param writes into the table
   */
  EntryWriter writer(SortedWrites writes) {
    return new EntryWriter() {
      @Override
      public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
        writes.put(table, ((StoredBytes) key).bytes(), (byte[]) value);
      }

      @Override
      public void remove(Object key, @Nullable Object namespace, int keyGroup) {
        writes.delete(table, ((StoredBytes) key).bytes());
      }
    };
  }
}
