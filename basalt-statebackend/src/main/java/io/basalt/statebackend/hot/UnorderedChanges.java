package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes of one key group that nobody has put in order yet, and those of a range among them. To
 * look at the key of each takes some misses of the processor's caches; so a hash of its first bytes
 * is kept, as many as the keys of every range that was looked for have in common: next time only
 * few keys are looked at. Task thread.
 */
final class UnorderedChanges {

  private static final int HASHES_BITS = 12;
  private static final int HASHES_AT_ONCE = 1 << HASHES_BITS;

  /** About what its objects take, without the hashes. */
  private static final int OBJECTS_BYTES = 256;

  /** What is kept of a key that nobody has looked at. */
  private static final short UNKNOWN = 0;

  private static final short[] NONE_KNOWN = {};

  private final List<Part> parts = new ArrayList<>();

  /** How many are left. */
  private int left;

  /** Of so many bytes of each key are the hashes. */
  private int hashed = Integer.MAX_VALUE;

  /** Of the hashes. */
  private long hashesBytes;

  private static final class Part {
    final ChangeList list;

    /** Where they are in the list. */
    final int begin;

    /** So many of them are left, the first ones. */
    int left;

    /** Of some thousands each. */
    final short[][] hashes;

    Part(ChangeList list, int begin, int end) {
      this.list = list;
      this.begin = begin;
      this.left = end - begin;
      this.hashes = new short[(left >>> HASHES_BITS) + 1][];
      Arrays.fill(hashes, NONE_KNOWN);
    }

    HotEntry get(int number) {
      return list.get(begin + number);
    }

    void forgetHashes() {
      for (short[] some : hashes) {
        Arrays.fill(some, UNKNOWN);
      }
    }
  }

  /**
   * Those of a key group.
   *
   * @param lists in the order of key groups; nobody changes them
   */
  UnorderedChanges(List<ChangeList> lists, int keyGroup) {
    for (ChangeList list : lists) {
      int begin = list.begin(keyGroup);
      int end = list.begin(keyGroup - 1);
      if (begin < end) {
        parts.add(new Part(list, begin, end));
        left += end - begin;
      }
    }
  }

  /** How many there are. */
  int left() {
    return left;
  }

  /** What it takes on the heap beside the lists. */
  long heapBytes() {
    return OBJECTS_BYTES + hashesBytes;
  }

  /** So many changes, which are not left any more. In no order, of a key perhaps more than one. */
  List<HotEntry> take(int most) {
    List<HotEntry> taken = new ArrayList<>(Math.min(most, left));
    int toTake = Math.min(most, left);
    left -= toTake;
    for (Part part : parts) {
      for (; toTake > 0 && part.left > 0; toTake--) {
        part.left--;
        HotEntry entry = part.get(part.left);
        if (isChange(entry)) {
          taken.add(entry);
        }
      }
    }
    if (left == 0) {
      parts.clear();
      hashesBytes = 0;
    }
    return taken;
  }

  /** Maps, which have a namespace, are not walked over. */
  private static boolean isChange(HotEntry entry) {
    return entry.namespace == null && entry.epoch != 0;
  }

  /** Offers all changes of a range that are left. */
  void offer(Bounds range, FirstEntries first) {
    int common = commonBytes(range);
    if (common < hashed) {
      // They are made again, in as much room.
      parts.forEach(Part::forgetHashes);
      hashed = common;
    }
    short hash = hash(range.lowerInclusive());
    for (Part part : parts) {
      for (int begin = 0; begin < part.left; begin += HASHES_AT_ONCE) {
        int end = Math.min(part.left, begin + HASHES_AT_ONCE);
        offer(part, begin, end, hash, range, first);
      }
    }
  }

  private void offer(Part part, int begin, int end, short hash, Bounds range, FirstEntries first) {
    short[] hashes = part.hashes[begin >>> HASHES_BITS];
    for (int place = begin; place < end; place++) {
      short known = hashes == NONE_KNOWN ? UNKNOWN : hashes[place - begin];
      if (known != UNKNOWN && known != hash) {
        continue;
      }
      HotEntry entry = part.get(place);
      if (entry.namespace != null) {
        continue;
      }
      byte[] key = OrderedEntries.key(entry);
      if (known == UNKNOWN) {
        if (hashes == NONE_KNOWN) {
          hashes = new short[HASHES_AT_ONCE];
          part.hashes[begin >>> HASHES_BITS] = hashes;
          hashesBytes += HASHES_AT_ONCE * Short.BYTES;
        }
        known = hash(key);
        hashes[place - begin] = known;
      }
      if (known == hash && entry.epoch != 0 && range.contain(key)) {
        first.offer(entry, key);
      }
    }
  }

  private short hash(byte[] key) {
    int bytes = Math.min(hashed, key.length);
    int hash = 1;
    for (int position = 0; position < bytes; position++) {
      hash = 31 * hash + key[position];
    }
    hash *= 0x9E3779B9;
    short folded = (short) (hash >>> Short.SIZE);
    return folded == UNKNOWN ? 1 : folded;
  }

  /** How many of their first bytes all keys of a range have in common. */
  static int commonBytes(Bounds range) {
    byte[] lower = range.lowerInclusive();
    byte[] upper = range.upperExclusive();
    int differ = Arrays.mismatch(lower, upper);
    // Of a range that ends behind all keys that start as the lower bound does.
    boolean isPrefix =
        differ >= 0
            && differ < lower.length
            && upper.length == differ + 1
            && (lower[differ] & 0xFF) + 1 == (upper[differ] & 0xFF);
    return isPrefix ? differ + 1 : Math.max(differ, 0);
  }
}
