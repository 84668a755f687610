package io.basalt.statebackend.hot;

import io.basalt.statebackend.hot.Cellar.DiskFullException;
import io.basalt.statebackend.hot.Cellar.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A tier with a plain map below and another one beside it, for programs of a few steps of which all
 * interleavings are tried. It is the task's; each snapshot is a thread. Says what is wrong in plain
 * Java: each call of a library would be taken apart, too.
 */
final class InterleavedTier {

  /** What becomes of a snapshot. */
  enum Fate {
    COMPLETED,
    GIVEN_UP,
    /** Given up by the task while it may be being written. */
    CANCELLED,
    /** Its first write fails, then it is given up. */
    FAILED,
  }

  private static final String TABLE = "values";
  private static final int KEY_BYTES = 8;
  private static final int VALUE_BYTES = 8;

  /** So much that nothing ever has to go. */
  static final int EVERYTHING = 1 << 20;

  /** Room for that many entries; a step of the budget is for two of them. */
  static final int FEW_ENTRIES = 4;

  private final Cellar cellar = new Cellar();
  private final Map<Place, Object> model = new HashMap<>();
  private final List<Thread> snapshots = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();
  private final HotTier tier;
  private final HotTable table;
  private boolean ended;

  /** A tier with room for so many entries, whose epochs are written one entry at a time. */
  InterleavedTier(int entries) {
    long bytes = (long) entries * HotEntry.bytes(KEY_BYTES, VALUE_BYTES);
    tier =
        new HotTier(
            new Budget(bytes, () -> 0).share(), cellar.writer(1), 1, ChangesByKey.Limits.DEFAULT);
    table = tier.table(TABLE);
  }

  void put(long key, int value) {
    ChangeableValue put = new ChangeableValue(value, VALUE_BYTES);
    model.put(place(key), put.copy());
    if (table.changeable(key, null) instanceof ChangeableValue there) {
      there.change(value);
      return;
    }
    change(() -> table.put(key, null, 0, KEY_BYTES, put, VALUE_BYTES));
  }

  /** A change of a value that has been put since the last barrier, and so is nobody else's. */
  void changeInPlace(long key, int value) {
    Object there = table.changeable(key, null);
    check(there instanceof ChangeableValue, "The value of " + key + " cannot be changed in place.");
    if (there instanceof ChangeableValue changeable) {
      changeable.change(value);
      model.put(place(key), changeable.copy());
    }
  }

  void remove(long key) {
    model.remove(place(key));
    change(() -> table.remove(key, null, 0, KEY_BYTES));
  }

  /** What is evicted for it may fail to be written; the change itself holds all the same. */
  private void change(Runnable change) {
    try {
      change.run();
    } catch (DiskFullException e) {
      // A snapshot's writes fail.
    }
  }

  void read(long key) {
    Object found = table.get(key, null);
    if (found == null) {
      long version = table.version();
      Object below = cellar.get(place(key));
      found = below == null ? HotTable.ABSENT : below;
      Object value = found;
      change(() -> table.offer(key, null, 0, KEY_BYTES, value, VALUE_BYTES, version));
    }
    Object expected = model.getOrDefault(place(key), HotTable.ABSENT);
    check(found.equals(expected), "A read of " + key + " gave " + found + " for " + expected);
  }

  /** As before a scan. */
  void writeDown() throws InterruptedException {
    try {
      table.writeDown();
    } catch (DiskFullException e) {
      return;
    }
    check(cellar.contents().equals(model), "A scan does not find what there is.");
  }

  /** The barrier, and the snapshot on a thread of its own. */
  void snapshot(Fate fate) {
    Map<Place, Object> expected = new HashMap<>(model);
    List<Map<Place, Object>> fixed = new ArrayList<>();
    Epoch epoch = tier.close(() -> fixed.add(cellar.contents()));
    Thread snapshot = new Thread(() -> take(epoch, fate, expected, fixed));
    snapshots.add(snapshot);
    snapshot.start();
    if (fate == Fate.CANCELLED) {
      epoch.giveUp();
    }
  }

  private void take(
      Epoch epoch, Fate fate, Map<Place, Object> expected, List<Map<Place, Object>> fixed) {
    try {
      if (fate == Fate.FAILED) {
        cellar.fail(1);
      }
      if (fate != Fate.GIVEN_UP) {
        epoch.finish();
      }
      if (fate == Fate.COMPLETED) {
        check(fixed.size() == 1, "What is below was fixed " + fixed.size() + " times.");
      }
    } catch (DiskFullException e) {
      // As it may, if it is not this one's fate, because of another's.
    } catch (CancellationException e) {
      check(ended, "Cancelled, though the tier was not closed");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      cellar.fail(0);
      epoch.giveUp();
    }
    for (Map<Place, Object> contents : fixed) {
      check(contents.equals(expected), "Fixed " + contents + " for " + expected);
    }
  }

  /** The backend is closed while snapshots may be under way. */
  void close() throws InterruptedException {
    ended = true;
    tier.close();
    awaitSnapshots();
  }

  /** When all snapshots are through, everything is below that there is. */
  void settle() throws InterruptedException {
    awaitSnapshots();
    if (ended) {
      return;
    }
    tier.writeAll();
    check(cellar.contents().equals(model), "Below is not what there is.");
    throwMistakes();
  }

  private void awaitSnapshots() throws InterruptedException {
    for (Thread snapshot : snapshots) {
      snapshot.join();
    }
    throwMistakes();
  }

  private void throwMistakes() {
    if (!mistakes.isEmpty()) {
      throw new AssertionError(mistakes.toString());
    }
  }

  private synchronized void check(boolean right, String mistake) {
    if (!right) {
      mistakes.add(mistake);
    }
  }

  private static Place place(Object key) {
    return new Place(TABLE, key, null);
  }
}
