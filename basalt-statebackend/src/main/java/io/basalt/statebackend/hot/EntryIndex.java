package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entry of a key and namespace: a hash table that grows and shrinks by one bucket at a
 * time (linear hashing, Litwin 1980), for to move a million entries at once would be a stall.
 */
final class EntryIndex {

  private static final int SEGMENT_BITS = 8;
  private static final int SEGMENT_SIZE = 1 << SEGMENT_BITS;

  private @Nullable HotEntry[] @Nullable [] segments = {new @Nullable HotEntry[SEGMENT_SIZE], null};

  /** Bits of the hash that choose among the buckets that are there before any has been split. */
  private int mask = SEGMENT_SIZE - 1;

  /** The next bucket to be split; those before it need one more bit. */
  private int split;

  private int size;

  private final Consumer<HotEntry> round;

  /** The next bucket that {@link #goRound} comes to. */
  private int next;

  /**
   * Without entries.
   *
   * @param round what {@link #goRound} does with each entry, which stays where it is
   */
  EntryIndex(Consumer<HotEntry> round) {
    this.round = round;
  }

  @Nullable HotEntry find(Object key, @Nullable Object namespace, int hash) {
    for (HotEntry entry = first(bucket(hash)); entry != null; entry = entry.chained) {
      if (entry.is(key, namespace, hash)) {
        return entry;
      }
    }
    return null;
  }

  /** Adds an entry of which there is none with the same key and namespace. */
  void add(HotEntry entry) {
    int bucket = bucket(entry.hash);
    entry.chained = first(bucket);
    set(bucket, entry);
    size++;
    if (size > mask + 1 + split) {
      splitBucket();
    }
  }

  void remove(HotEntry entry) {
    link(entry, entry.chained);
    entry.chained = null;
    size--;
    if (size < (mask + 1 + split) / 4 && mask + split >= SEGMENT_SIZE) {
      mergeBuckets();
    }
  }

  /** All entries, in no order. */
  List<HotEntry> all() {
    List<HotEntry> all = new ArrayList<>(size);
    for (int bucket = 0; bucket <= mask + split; bucket++) {
      addTo(all, bucket);
    }
    return all;
  }

  /** Adds the entries of a bucket to a list. */
  void addTo(List<HotEntry> list, int bucket) {
    for (HotEntry entry = first(bucket); entry != null; entry = entry.chained) {
      list.add(entry);
    }
  }

  int buckets() {
    return mask + 1 + split;
  }

  /** Comes to so many buckets more; to every entry that stays, in each round. */
  void goRound(int buckets) {
    for (int step = 0; step < buckets; step++) {
      next = next < buckets() ? next : 0;
      for (HotEntry entry = first(next); entry != null; entry = entry.chained) {
        round.accept(entry);
      }
      next++;
    }
  }

  void replace(HotEntry replaced, HotEntry by) {
    by.chained = replaced.chained;
    link(replaced, by);
    replaced.chained = null;
  }

  /** Makes what points to the entry point to another one. */
  private void link(HotEntry entry, @Nullable HotEntry to) {
    int bucket = bucket(entry.hash);
    HotEntry before = first(bucket);
    if (before == entry) {
      set(bucket, to);
      return;
    }
    while (before != null && before.chained != entry) {
      before = before.chained;
    }
    if (before == null) {
      throw new IllegalStateException("The entry is not in the index.");
    }
    before.chained = to;
  }

  private int bucket(int hash) {
    int bucket = hash & mask;
    return bucket < split ? hash & (2 * mask + 1) : bucket;
  }

  private @Nullable HotEntry first(int bucket) {
    return segment(bucket)[bucket & (SEGMENT_SIZE - 1)];
  }

  private void set(int bucket, @Nullable HotEntry entry) {
    segment(bucket)[bucket & (SEGMENT_SIZE - 1)] = entry;
  }

  private @Nullable HotEntry[] segment(int bucket) {
    @Nullable HotEntry[] segment = segments[bucket >>> SEGMENT_BITS];
    if (segment == null) {
      throw new IllegalStateException("There is no bucket " + bucket + ".");
    }
    return segment;
  }

  private void splitBucket() {
    int upper = mask + 1 + split;
    int number = upper >>> SEGMENT_BITS;
    if (number == segments.length) {
      segments = Arrays.copyOf(segments, 2 * number);
    }
    if (segments[number] == null) {
      segments[number] = new @Nullable HotEntry[SEGMENT_SIZE];
    }
    distribute(upper);
    split++;
    if (split > mask) {
      mask = 2 * mask + 1;
      split = 0;
    }
  }

  /**
   * Moves entries of the bucket that is split to the upper one. Both stay in the order in which
   * they came, the newest first, and nothing is written that is so already: a link from an old
   * entry to a younger one, which an order turned round would make of each, is work for the garbage
   * collector.
   */
  private void distribute(int upper) {
    HotEntry lowest = null;
    HotEntry uppest = null;
    for (HotEntry entry = first(split); entry != null; entry = entry.chained) {
      if ((entry.hash & (mask + 1)) == 0) {
        append(split, lowest, entry);
        lowest = entry;
      } else {
        append(upper, uppest, entry);
        uppest = entry;
      }
    }
    append(split, lowest, null);
    append(upper, uppest, null);
  }

  /** Has an entry follow the last one of a bucket so far, or be the first. */
  private void append(int bucket, @Nullable HotEntry last, @Nullable HotEntry entry) {
    if (last == null) {
      if (first(bucket) != entry) {
        set(bucket, entry);
      }
    } else if (last.chained != entry) {
      last.chained = entry;
    }
  }

  private void mergeBuckets() {
    if (split == 0) {
      mask >>>= 1;
      split = mask + 1;
    }
    split--;
    int upper = mask + 1 + split;
    HotEntry last = null;
    for (HotEntry entry = first(upper); entry != null; entry = entry.chained) {
      // It may come to where the round has been.
      round.accept(entry);
      last = entry;
    }
    if (last != null) {
      last.chained = first(split);
      set(split, first(upper));
    }
    set(upper, null);
    if ((upper & (SEGMENT_SIZE - 1)) == 0) {
      segments[upper >>> SEGMENT_BITS] = null;
    }
  }
}
