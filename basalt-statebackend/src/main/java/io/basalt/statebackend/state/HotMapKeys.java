package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.hot.Trust;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys small maps of one state have, in the tier: so that whether one is empty is known, and
 * it can be walked over, without RocksDB. Of a large map one key is kept, for it to be known that
 * there is any. Where entries expire a compaction may have taken the last of them: then a map is
 * known not to be empty by one entry that has not expired. Kept from the first walk over the state
 * on, for each change of a map has to be noted here too; and only as long as maps are walked over
 * again.
 *
 * <p>A change is noted before it is made, and a map is forgotten if that fails: what is kept of a
 * small one is always all that it has, and what is kept of a large one is there, though compactions
 * may have taken expired entries since. Task thread.
 */
final class HotMapKeys {

  /** How many keys are read although it is enough to know that there is one. */
  private static final int FEW = 16;

  private final HotTable hot;
  private final HotEntries entries;
  private final @Nullable MapExpiry expiry;
  private final Trust walks;

  /** Whether maps that are asked whether they are empty are small. */
  private final Trust looks;

  /** Whether the key that is kept of a large map stays for a while. */
  private final Trust singles;

  private boolean used;

  /** Whether the state has been registered again, see {@link #outlive}. */
  private boolean outlived;

  /**
   * That of the notes that hold. Changes are not noted while none are used: those of before are of
   * an earlier one then, and go when they are met, or for want of room. All of them at once would
   * be a stall.
   */
  private Object generation = new Object();

  /**
   * The keys of maps whose entries these are.
   *
   * @param hot a part of the tier that is never written
   * @param expiry when compactions may take entries; null for never
   */
  HotMapKeys(HotTable hot, HotEntries entries, @Nullable MapExpiry expiry) {
    this.hot = hot;
    this.entries = entries;
    this.expiry = expiry;
    this.walks = hot.newTrust();
    this.looks = hot.newTrust();
    this.singles = hot.newTrust();
  }

  /** The entries of the maps. */
  HotEntries entries() {
    return entries;
  }

  /** When compactions may take entries; null for never. */
  @Nullable MapExpiry expiry() {
    return expiry;
  }

  /** Whether changes of maps have to be noted. */
  boolean isUsed() {
    return used;
  }

  /**
   * The state has been registered again, and notes are kept for that. Whoever walks over a map
   * since before may still change it: then what is noted of the map is forgotten.
   */
  void outlive() {
    outlived = true;
    used = true;
    generation = new Object();
  }

  /** Whether what a walk finds is to be kept. */
  boolean keepsWalks() {
    if (outlived) {
      return false;
    }
    boolean keeps = walks.isThere();
    if (keeps) {
      used = true;
    } else if (used) {
      // Maps are not walked over again: changes need not be noted for that.
      used = false;
      generation = new Object();
    }
    return keeps;
  }

  /** What is known of a map has made it unnecessary to look at the table. */
  void hasPaid() {
    walks.add(2);
  }

  /** All of a map has been read for it to be known. */
  void hasCost() {
    walks.take(1);
  }

  /**
   * Whether a map has no keys.
   *
   * @return null if that is not known without a look at the table
   */
  @Nullable Boolean isEmpty(byte[] prefix) {
    Object note = used ? note(new StoredBytes(prefix)) : null;
    if (note == null) {
      return null;
    }
    boolean empty = note instanceof KnownKeys keys && keys.isEmpty();
    if (!empty && expiry != null && !lives(note, expiry)) {
      // A compaction may have taken the last of them.
      return null;
    }
    hasPaid();
    if (note instanceof KnownKeys) {
      looks.add(2);
    } else {
      singles.add(2);
    }
    return empty;
  }

  /** Whether an entry of the map has certainly not expired. */
  private boolean lives(Object note, MapExpiry expiring) {
    long now = expiring.now();
    if (note instanceof LivingKey kept) {
      return kept.livesAt(now);
    }
    KnownKeys known = (KnownKeys) note;
    if (!known.liveAt(now)) {
      StoredBytes[] keys = known.toArray();
      for (int i = 0; i < Math.min(keys.length, FEW) && !known.liveAt(now); i++) {
        if (entries.stored(keys[i]) instanceof byte[] value) {
          known.lives(keys[i], expiring.endOf(value));
        }
      }
    }
    return known.liveAt(now);
  }

  /** What is noted of a map, if that holds. */
  private @Nullable Object note(StoredBytes hotKey) {
    Object note = hot.get(hotKey, null);
    boolean holds =
        note instanceof KnownKeys keys
            ? keys.isOf(generation)
            : note instanceof LivingKey key && key.isOf(generation);
    if (note != null && !holds) {
      hot.forget(hotKey, null);
    }
    return holds ? note : null;
  }

  /** The keys of a map, or null if they are not known. */
  @Nullable KnownKeys of(byte[] prefix) {
    return used && note(new StoredBytes(prefix)) instanceof KnownKeys keys ? keys : null;
  }

  /**
   * Values of all keys, each at its key's place and null where it has gone.
   *
   * @return null if so few are in the tier that to walk over the table takes less
   */
  byte @Nullable [] @Nullable [] values(StoredBytes[] keys) {
    byte @Nullable [][] values = new byte[keys.length][];
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      Object stored = entries.stored(keys[i]);
      if (stored == null) {
        unknown.add(i);
      } else if (stored != HotTable.ABSENT) {
        values[i] = (byte[]) stored;
      }
    }
    // Before any is read: they may be so large that the tier never keeps them.
    if (unknown.size() > 1 + keys.length / 8) {
      walks.take(1);
      return null;
    }
    for (int i : unknown) {
      values[i] = entries.read(keys[i]);
    }
    walks.add(4);
    return values;
  }

  /** It has been found that a map has no keys. */
  void offerEmpty(byte[] prefix) {
    offer(prefix, KnownKeys.of());
  }

  /**
   * A walk has found that a map has these entries and no others.
   *
   * @param keys in order
   * @param values each at its key's place
   */
  void offer(byte[] prefix, StoredBytes[] keys, byte[][] values) {
    KnownKeys known = KnownKeys.of(keys);
    noteLife(known, keys, List.of(values));
    offer(prefix, known);
    for (int i = 0; i < keys.length; i++) {
      entries.offer(keys[i], values[i]);
    }
  }

  private void offer(byte[] prefix, KnownKeys known) {
    walks.take(1);
    StoredBytes hotKey = new StoredBytes(prefix);
    hot.forget(hotKey, null);
    if (known.areTooLarge()) {
      return;
    }
    known.noteIn(generation);
    hot.offer(hotKey, null, 0, hotKey.heapBytes(), known, known.heapBytes(), hot.version());
  }

  /** Notes which of the entries of a map expires last. */
  private void noteLife(KnownKeys known, StoredBytes[] keys, List<byte[]> values) {
    if (expiry == null) {
      return;
    }
    long last = MapExpiry.UNKNOWN;
    for (int i = 0; i < keys.length; i++) {
      long end = expiry.endOf(values.get(i));
      if (end > last) {
        last = end;
        known.lives(keys[i], end);
      }
    }
  }

  /** The same of a cursor that is at the first of the keys, unless they turn out to be many. */
  void offerIfFew(byte[] prefix, EntryCursor cursor) {
    if (cursor.isValid() && !looks.isThere()) {
      offerOne(prefix, cursor);
      return;
    }
    List<StoredBytes> keys = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (; cursor.isValid(); cursor.next()) {
      if (keys.size() == FEW) {
        looks.take(FEW);
        // Not the first of them: those that are taken out in order are met again.
        offerOne(prefix, cursor);
        return;
      }
      keys.add(new StoredBytes(cursor.key()));
      if (expiry != null) {
        values.add(cursor.value());
      }
    }
    StoredBytes[] all = keys.toArray(new StoredBytes[0]);
    KnownKeys known = KnownKeys.of(all);
    noteLife(known, all, values);
    offer(prefix, known);
  }

  /** A map of which not all keys are kept has the key that the cursor is at. */
  private void offerOne(byte[] prefix, EntryCursor cursor) {
    if (!singles.isThere()) {
      return;
    }
    long end = expiry == null ? Long.MAX_VALUE : expiry.endOf(cursor.value());
    singles.take(1);
    StoredBytes hotKey = new StoredBytes(prefix);
    LivingKey key = new LivingKey(new StoredBytes(cursor.key()), end, generation);
    hot.forget(hotKey, null);
    hot.offer(hotKey, null, 0, hotKey.heapBytes(), key, key.heapBytes(), hot.version());
  }

  /** There is going to be that value under a key. */
  void adding(byte[] prefix, byte[] key, byte[] value) {
    StoredBytes hotKey = new StoredBytes(prefix);
    Object note = note(hotKey);
    if (note instanceof KnownKeys known) {
      adding(hotKey, known, new StoredBytes(key), value);
    } else if (note instanceof LivingKey kept && expiry != null && kept.is(new StoredBytes(key))) {
      kept.livesUntil(expiry.endOf(value));
    }
  }

  private void adding(StoredBytes hotKey, KnownKeys known, StoredBytes added, byte[] value) {
    if (!known.has(added)) {
      // So that nobody below has to be told of it if it goes soon.
      entries.offerAbsent(added);
    }
    if (!known.add(added)) {
      hot.forget(hotKey, null);
      return;
    }
    if (expiry != null) {
      known.put(added, expiry.endOf(value));
    }
    try {
      hot.grown(hotKey, null, hotKey.heapBytes(), known.heapBytes());
    } catch (RuntimeException | Error e) {
      // The change is not going to be made.
      hot.forget(hotKey, null);
      throw e;
    }
  }

  /** A key is going to be absent. */
  void removing(byte[] prefix, byte[] key) {
    StoredBytes hotKey = new StoredBytes(prefix);
    StoredBytes removed = new StoredBytes(key);
    Object note = note(hotKey);
    if (note instanceof KnownKeys known) {
      known.remove(removed);
    } else if (note instanceof LivingKey kept && kept.is(removed)) {
      hot.forget(hotKey, null);
    }
  }

  /** Nothing is known of a map any more. */
  void forget(byte[] prefix) {
    hot.forget(new StoredBytes(prefix), null);
  }
}
