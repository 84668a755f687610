package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is below a tier in a test: a plain map, whose writes fail when they are told to. */
final class Cellar {

  /** Where an entry is. */
  record Place(String table, Object key, @Nullable Object namespace) {}

  private final Map<Place, Object> entries = new HashMap<>();
  private int writes;
  private int failures;
  private volatile double failing;
  private volatile boolean writesThenFails;

  synchronized Map<Place, Object> contents() {
    return new HashMap<>(entries);
  }

  synchronized @Nullable Object get(Place place) {
    return entries.get(place);
  }

  /** Past any tier. */
  synchronized void put(Place place, Object value) {
    entries.put(place, written(value));
  }

  synchronized void removeIf(Predicate<Place> condition) {
    entries.keySet().removeIf(condition);
  }

  synchronized int writes() {
    return writes;
  }

  synchronized int failures() {
    return failures;
  }

  /** From now on so many of all commits fail, and as many of the writes before them. */
  void fail(double part) {
    failing = part;
  }

  /** The next commit writes everything and says that it has failed. */
  void writeThenFail() {
    writesThenFails = true;
  }

  /** A writer for one thread. */
  ChangeWriter writer(long seed) {
    return new GroupWriter(new Random(seed));
  }

  private synchronized void apply(List<Runnable> group) {
    group.forEach(Runnable::run);
    writes += group.size();
  }

  private synchronized void failed() {
    failures++;
  }

  /** Serialized, when the batch is written: what is below does not change with the tier. */
  private static Object written(Object value) {
    return value instanceof ChangeableValue changeable ? changeable.copy() : value;
  }

  /** As a batch: all or nothing. */
  private final class GroupWriter implements ChangeWriter {

    private final Random random;
    private final List<Runnable> group = new ArrayList<>();

    GroupWriter(Random random) {
      this.random = random;
    }

    @Override
    public void begin() {
      if (!group.isEmpty()) {
        throw new IllegalStateException("A group was begun before the one before it had ended.");
      }
    }

    @Override
    public void beginEpoch() {
      // Nothing is held back.
    }

    @Override
    public EntryWriter of(HotTable table) {
      return new EntryWriter() {
        @Override
        public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
          mayFail(0.2);
          group.add(() -> entries.put(new Place(table.name(), key, namespace), written(value)));
        }

        @Override
        public void remove(Object key, @Nullable Object namespace, int keyGroup) {
          group.add(() -> entries.remove(new Place(table.name(), key, namespace)));
        }
      };
    }

    @Override
    public void commit() {
      mayFail(1);
      apply(group);
      group.clear();
      if (writesThenFails) {
        writesThenFails = false;
        throw new DiskFullException();
      }
    }

    @Override
    public void discard() {
      group.clear();
    }

    private void mayFail(double part) {
      if (failing > 0 && random.nextDouble() < failing * part) {
        failed();
        throw new DiskFullException();
      }
    }
  }

  /** Thrown when a write is to fail. */
  static final class DiskFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }
}
