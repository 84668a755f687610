package io.basalt.benchmarks.eviction;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What S3-FIFO does, for a hash table whose entries are in no list. A ring names the new entries,
 * which are on probation; those that are not used there are evicted in the order in which they
 * came. A hand goes over the places of the table, in no order of time, and evicts what has not been
 * used for as many rounds as it was used before. Of the evicted, fingerprints are kept: a key that
 * comes again is not put on probation again.
 *
 * <p>How many may be on probation is fixed, or adapts, see {@link ProbationTarget}. An entry has
 * three bits of its own.
 */
final class TableHand implements Policy {

  private static final int EMPTY = -1;
  private static final int USES = 3;
  private static final int ON_PROBATION = 4;

  private static final double FIXED = 0.1;

  private final Evicted evicted;
  private final int capacity;

  /** Null if it is fixed. */
  private final @Nullable ProbationTarget adaptiveTarget;

  private final int fixedTarget;
  private final int[] keys;
  private final byte[] marks;
  private final int mask;
  private final int shift;
  private final Fingerprints ghosts;

  /** The keys on probation, in the order in which they came; some have left since. */
  private final int[] ring;

  private int oldestInRing;
  private int inRing;
  private int size;
  private int onProbation;
  private int hand;

  private TableHand(int capacity, boolean isAdaptive, Evicted evicted) {
    if (capacity < 1) {
      throw new IllegalArgumentException("A cache of " + capacity + " entries");
    }
    this.capacity = capacity;
    this.evicted = evicted;
    // At most two thirds full.
    int bits = Math.max(2, Integer.SIZE - Integer.numberOfLeadingZeros(capacity + capacity / 2));
    keys = new int[1 << bits];
    Arrays.fill(keys, EMPTY);
    marks = new byte[keys.length];
    mask = keys.length - 1;
    shift = Integer.SIZE - bits;
    fixedTarget = Math.max(1, (int) (capacity * FIXED));
    adaptiveTarget = isAdaptive ? new ProbationTarget(capacity) : null;
    // Half as much again, for those that have left.
    int most = adaptiveTarget == null ? fixedTarget : adaptiveTarget.most();
    ring = new int[(int) Math.ceil(1.5 * most)];
    ghosts = new Fingerprints(capacity);
  }

  /** Of which a tenth may be on probation. */
  static TableHand fixed(int capacity, Evicted evicted) {
    return new TableHand(capacity, false, evicted);
  }

  /** Of which between two and fifty hundredths may be on probation. */
  static TableHand adaptive(int capacity, Evicted evicted) {
    return new TableHand(capacity, true, evicted);
  }

  @Override
  public boolean access(int key) {
    int place = placeOf(key);
    if (keys[place] == key) {
      if ((marks[place] & USES) < USES) {
        marks[place]++;
      }
      return true;
    }
    int origin = ghosts.take(key);
    boolean isNew = origin == Fingerprints.ABSENT;
    if (adaptiveTarget != null && !isNew) {
      adaptiveTarget.adapt(origin, ghosts);
    }
    if (size == capacity) {
      makeRoom();
    }
    if (isNew && inRing == ring.length) {
      endProbationOfOldest();
    }
    // What has been taken out may have moved it.
    add(key, placeOf(key), isNew);
    return false;
  }

  private void add(int key, int place, boolean isNew) {
    keys[place] = key;
    marks[place] = 0;
    size++;
    if (isNew) {
      marks[place] = ON_PROBATION;
      onProbation++;
      ring[(oldestInRing + inRing++) % ring.length] = key;
    }
  }

  private void makeRoom() {
    int target = adaptiveTarget == null ? fixedTarget : adaptiveTarget.entries();
    if (onProbation >= target || onProbation == size) {
      while (inRing > 0 && size == capacity) {
        endProbationOfOldest();
      }
    }
    while (size == capacity) {
      moveHand();
    }
  }

  /** It becomes an entry like others, or it goes. */
  private void endProbationOfOldest() {
    int key = ring[oldestInRing];
    oldestInRing = oldestInRing + 1 == ring.length ? 0 : oldestInRing + 1;
    inRing--;
    int place = placeOf(key);
    if (keys[place] != key || marks[place] < ON_PROBATION) {
      return;
    }
    // A ring that is full says nothing of a cache that is not.
    if (size < capacity || marks[place] > ON_PROBATION) {
      marks[place] = 0;
      onProbation--;
    } else {
      ghosts.add(key, Fingerprints.FROM_PROBATION);
      takeOut(place);
      evicted.evicted(key);
    }
  }

  private void moveHand() {
    int key = keys[hand];
    if (key != EMPTY && marks[hand] < ON_PROBATION) {
      if (marks[hand] == 0) {
        if (adaptiveTarget != null) {
          ghosts.add(key, Fingerprints.FROM_MAIN);
        }
        takeOut(hand);
        evicted.evicted(key);
        return;
      }
      marks[hand]--;
    }
    hand = (hand + 1) & mask;
  }

  @Override
  public void remove(int key) {
    int place = placeOf(key);
    if (keys[place] == key) {
      takeOut(place);
    }
  }

  @Override
  public boolean contains(int key) {
    return keys[placeOf(key)] == key;
  }

  @Override
  public int size() {
    return size;
  }

  /** Where a key is, or would be. */
  private int placeOf(int key) {
    int place = home(key);
    while (keys[place] != key && keys[place] != EMPTY) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void takeOut(int place) {
    size--;
    if (marks[place] >= ON_PROBATION) {
      onProbation--;
    }
    // What follows moves up, unless it would come to lie before its home.
    int hole = place;
    int at = (hole + 1) & mask;
    while (keys[at] != EMPTY) {
      if (((at - home(keys[at])) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        marks[hole] = marks[at];
        hole = at;
      }
      at = (at + 1) & mask;
    }
    keys[hole] = EMPTY;
  }

  private int home(int key) {
    return (key * 0x9E37_79B9) >>> shift;
  }
}
