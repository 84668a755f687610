package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Remembers, by their hashes, entries that went lately and whence: half as many as there are
 * entries. They are in buckets of four, in each of which the oldest goes for a new one. It is a
 * hint: of hashes that share all bits but the highest it remembers one. Costs two bytes for each
 * entry that there is.
 *
 * <p>Grows and shrinks by one bucket at a time, as {@link EntryIndex} does.
 */
final class Ghosts {

  /** From where an entry went. */
  enum Origin {
    SMALL,
    MAIN,
    /** It is not remembered. */
    UNKNOWN
  }

  /** More would be of no use: farther back than that nobody would have been kept. */
  private static final int ENTRIES_OF_A_GHOST = 2;

  private static final int WAYS = 4;
  private static final int SEGMENT_BITS = 6;
  private static final int LEAST_BUCKETS = 1 << SEGMENT_BITS;
  private static final int MOST_BUCKETS = 1 << 22;
  private static final int EMPTY = 0;
  private static final int FROM_MAIN = Integer.MIN_VALUE;

  private final List<int[]> segments = new ArrayList<>();

  /** Bits of the hash that choose among the buckets that are there before any has been split. */
  private int mask = LEAST_BUCKETS - 1;

  /** The next bucket to be split; those before it need one more bit. */
  private int split;

  private int fromSmall;
  private int fromMain;

  Ghosts() {
    segments.add(newSegment());
  }

  /** How many there are that went from the small queue. */
  int fromSmall() {
    return fromSmall;
  }

  /** How many there are that went from the main queue. */
  int fromMain() {
    return fromMain;
  }

  /**
   * Remembers an entry.
   *
   * @param entries how many there are
   */
  void add(int hash, Origin origin, int entries) {
    fit(entries / ENTRIES_OF_A_GHOST / WAYS);
    int name = name(hash);
    int bucket = bucket(name);
    int[] segment = segment(bucket);
    int first = first(bucket);
    count(segment[first + WAYS - 1], -1);
    System.arraycopy(segment, first, segment, first + 1, WAYS - 1);
    segment[first] = origin == Origin.MAIN ? name | FROM_MAIN : name;
    count(segment[first], 1);
  }

  /** Whence an entry went, which is not remembered any more. */
  Origin take(int hash) {
    int name = name(hash);
    int bucket = bucket(name);
    int[] segment = segment(bucket);
    int first = first(bucket);
    for (int way = 0; way < WAYS; way++) {
      int found = segment[first + way];
      if ((found & ~FROM_MAIN) == name) {
        System.arraycopy(segment, first + way + 1, segment, first + way, WAYS - 1 - way);
        segment[first + WAYS - 1] = EMPTY;
        count(found, -1);
        return found < 0 ? Origin.MAIN : Origin.SMALL;
      }
    }
    return Origin.UNKNOWN;
  }

  private void count(int ghost, int by) {
    if (ghost < 0) {
      fromMain += by;
    } else if (ghost != EMPTY) {
      fromSmall += by;
    }
  }

  private void fit(int buckets) {
    int there = mask + 1 + split;
    if (there < Math.min(buckets, MOST_BUCKETS)) {
      splitBucket();
    } else if (there > LEAST_BUCKETS && there > 2 * buckets) {
      dropBucket();
    }
  }

  private void splitBucket() {
    int upper = mask + 1 + split;
    if (first(upper) == 0) {
      segments.add(newSegment());
    }
    int[] from = segment(split);
    int[] to = segment(upper);
    int stayed = first(split);
    int moved = first(upper);
    for (int at = first(split); at < first(split) + WAYS; at++) {
      int ghost = from[at];
      from[at] = EMPTY;
      if ((ghost & (mask + 1)) == 0) {
        from[stayed++] = ghost;
      } else {
        to[moved++] = ghost;
      }
    }
    split++;
    if (split > mask) {
      mask = 2 * mask + 1;
      split = 0;
    }
  }

  /** The last one, and what it remembers. */
  private void dropBucket() {
    if (split == 0) {
      mask >>>= 1;
      split = mask + 1;
    }
    split--;
    int upper = mask + 1 + split;
    int[] segment = segment(upper);
    int first = first(upper);
    for (int at = first; at < first + WAYS; at++) {
      count(segment[at], -1);
    }
    Arrays.fill(segment, first, first + WAYS, EMPTY);
    if (first == 0) {
      segments.remove(segments.size() - 1);
    }
  }

  /** The hash without the bit that says whence, and not what says that there is nothing. */
  private static int name(int hash) {
    int name = hash & ~FROM_MAIN;
    return name == EMPTY ? FROM_MAIN >>> 1 : name;
  }

  private int bucket(int name) {
    int bucket = name & mask;
    return bucket < split ? name & (2 * mask + 1) : bucket;
  }

  private int[] segment(int bucket) {
    return segments.get(bucket >>> SEGMENT_BITS);
  }

  /** Where a bucket begins in its segment. */
  private static int first(int bucket) {
    return (bucket & (LEAST_BUCKETS - 1)) * WAYS;
  }

  private static int[] newSegment() {
    return new int[LEAST_BUCKETS * WAYS];
  }
}
