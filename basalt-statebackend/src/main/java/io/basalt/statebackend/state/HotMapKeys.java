package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.store.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys small maps of one state have, in the tier: so that whether one is empty is known, and
 * it can be walked over, without RocksDB. Kept from the first walk over the state on, for each
 * change of a map has to be noted here too; and only as long as maps are walked over again.
 *
 * <p>A change is noted before it is made, and a map is forgotten if that fails: what is kept is
 * always all that the map has, though compactions may have taken expired entries since. Task
 * thread.
 */
final class HotMapKeys {

  /** How many keys are read although it is enough to know that there is one. */
  private static final int FEW = 16;

  private final HotTable hot;
  private final HotEntries entries;
  private final Trust walks;

  /** Whether maps that are asked whether they are empty are small. */
  private final Trust looks;

  private boolean used;

  /**
   * The keys of maps whose entries these are.
   *
   * @param hot a part of the tier that is never written
   */
  HotMapKeys(HotTable hot, HotEntries entries) {
    this.hot = hot;
    this.entries = entries;
    this.walks = new Trust(hot.mostEntries());
    this.looks = new Trust(hot.mostEntries());
  }

  /** The entries of the maps. */
  HotEntries entries() {
    return entries;
  }

  /** Whether changes of maps have to be noted. */
  boolean isUsed() {
    return used;
  }

  /** Whether what a walk finds is to be kept. */
  boolean keepsWalks() {
    boolean keeps = walks.isThere();
    if (keeps) {
      used = true;
    } else if (used) {
      // Maps are not walked over again: changes need not be noted for that.
      used = false;
      hot.forgetNotes();
    }
    return keeps;
  }

  /** What is known of a map has made it unnecessary to look at the table. */
  void hasPaid() {
    walks.add(2);
    looks.add(2);
  }

  /** The keys of a map, or null if they are not known. */
  @Nullable KnownKeys of(byte[] prefix) {
    return used ? (KnownKeys) hot.get(new StoredBytes(prefix), null) : null;
  }

  /**
   * Values of all keys, each at its key's place and null where it has gone.
   *
   * @return null if so few are in the tier that to walk over the table takes less
   */
  byte @Nullable [] @Nullable [] values(StoredBytes[] keys) {
    byte @Nullable [][] values = new byte[keys.length][];
    int mayBeRead = 1 + keys.length / 8;
    for (int i = 0; i < keys.length; i++) {
      Object stored = entries.stored(keys[i]);
      if (stored == null) {
        mayBeRead--;
        if (mayBeRead < 0) {
          walks.take(1);
          return null;
        }
        values[i] = entries.read(keys[i]);
      } else if (stored != HotTable.ABSENT) {
        values[i] = (byte[]) stored;
      }
    }
    walks.add(4);
    return values;
  }

  /** A walk has found that a map has these keys, in order, and no others. */
  void offer(byte[] prefix, StoredBytes... keys) {
    walks.take(1);
    StoredBytes hotKey = new StoredBytes(prefix);
    hot.forget(hotKey, null);
    KnownKeys known = KnownKeys.of(keys);
    if (known.areTooLarge()) {
      return;
    }
    hot.offer(hotKey, null, 0, hotKey.heapBytes(), known, known.heapBytes(), hot.version());
  }

  /** The same of a cursor that is at the first of the keys, unless they turn out to be many. */
  void offerIfFew(byte[] prefix, Cursor cursor) {
    if (cursor.isValid() && !looks.isThere()) {
      return;
    }
    List<StoredBytes> keys = new ArrayList<>();
    for (; cursor.isValid(); cursor.next()) {
      if (keys.size() == FEW) {
        looks.take(FEW);
        return;
      }
      keys.add(new StoredBytes(cursor.key()));
    }
    offer(prefix, keys.toArray(new StoredBytes[0]));
  }

  /** A key is going to be there. */
  void adding(byte[] prefix, byte[] key) {
    StoredBytes hotKey = new StoredBytes(prefix);
    KnownKeys known = (KnownKeys) hot.get(hotKey, null);
    if (known == null) {
      return;
    }
    if (!known.add(new StoredBytes(key))) {
      hot.forget(hotKey, null);
      return;
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
    KnownKeys known = (KnownKeys) hot.get(new StoredBytes(prefix), null);
    if (known != null) {
      known.remove(new StoredBytes(key));
    }
  }

  /** Nothing is known of a map any more. */
  void forget(byte[] prefix) {
    hot.forget(new StoredBytes(prefix), null);
  }
}
