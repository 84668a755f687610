package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.HeldBytes;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes of the timers of one queue that RocksDB has yet to get, of each key group by itself; a
 * read merges them with the table. Whoever is to find all of them in the table has it hand over
 * what it buffers, as every view and snapshot does.
 *
 * <p>Key group after key group is written, one now and then, so that no operation waits for long,
 * and RocksDB gets neighbours. While a snapshot has yet to fix what was there at its barrier
 * nothing may be written: there are more of them then, before anybody waits for that.
 *
 * <p>A change that throws for want of room has not been made. Task thread.
 */
final class TimerBuffer {

  /**
   * A timer that lives for a smaller number of changes is never written. At a hundred bytes each,
   * as many as the timers that 32 key groups have at hand; and to write them all takes the
   * synchronous part of a snapshot a few milliseconds.
   */
  private static final int MOST = 1 << 13;

  private static final int MOST_OF_A_KEY_GROUP = MOST / 4;

  /** While a snapshot is in the way. */
  private static final int MOST_HELD = 1 << 16;

  /** Of large timers no more than this, and fewer where others hold so much back already. */
  private static final long MOST_BYTES = 1 << 20;

  private static final long MOST_HELD_BYTES = 16 << 20;

  /** So much there is in any case. */
  private static final int LEAST_BYTES = 1 << 16;

  /**
   * To write fewer costs more than to write a batch, and delays more of the timers: with two
   * changes for each that fires and sets the next, one in so many halves.
   */
  private static final int AT_ONCE = 512;

  private final Database database;
  private final Table table;

  /** Those that have ever had changes, in their order. */
  private final List<BufferedTimers> keyGroups = new ArrayList<>();

  private final HeldBytes held;
  private int size;
  private long bytes;

  /** The last key group that was written. */
  private int next;

  private TimerBuffer(Database database, Table table) {
    this.database = database;
    this.table = table;
    this.held = database.gate().heldBytes(LEAST_BYTES);
  }

  /** For a table for which no other one has changes any more. */
  static TimerBuffer of(Database database, Table table) {
    TimerBuffer buffer = new TimerBuffer(database, table);
    table.handOverWithBuffered(buffer::write);
    return buffer;
  }

  /** The timers of a key group, without changes. */
  BufferedTimers open(Bounds bounds, HighestBelow highest) {
    return new BufferedTimers(table, bounds, this, highest);
  }

  /** A key group has changes for the first time. */
  void add(BufferedTimers keyGroup) {
    int place = keyGroups.size();
    while (place > 0
        && Arrays.compareUnsigned(keyGroups.get(place - 1).prefix(), keyGroup.prefix()) > 0) {
      place--;
    }
    keyGroups.add(place, keyGroup);
  }

  void grown(int by, long moreBytes) {
    size += by;
    bytes += moreBytes;
    if (moreBytes < 0) {
      held.are(bytes);
    }
  }

  /** For one more change of a key group. */
  void makeRoom(BufferedTimers keyGroup) {
    // What is taken in now would never be written.
    database.checkOpen();
    boolean isRoom = held.mayBe(bytes);
    if (isRoom && size < MOST && bytes < MOST_BYTES && keyGroup.size() < MOST_OF_A_KEY_GROUP) {
      return;
    }
    if (isRoom && size < MOST_HELD && bytes < MOST_HELD_BYTES && database.gate().isClosed()) {
      return;
    }
    write(keyGroup.size() < MOST_OF_A_KEY_GROUP ? nextOnes() : List.of(keyGroup));
  }

  private List<BufferedTimers> nextOnes() {
    List<BufferedTimers> ones = new ArrayList<>();
    int changes = 0;
    // All of them at most: large timers may be few.
    for (int seen = 0; seen < keyGroups.size() && changes < AT_ONCE; seen++) {
      next = (next + 1) % keyGroups.size();
      BufferedTimers keyGroup = keyGroups.get(next);
      changes += keyGroup.size();
      ones.add(keyGroup);
    }
    return ones;
  }

  private void write() {
    if (size > 0) {
      write(keyGroups);
    }
  }

  private void write(List<BufferedTimers> written) {
    try (Batch batch = database.batch()) {
      try {
        written.forEach(timers -> timers.writeTo(batch));
        batch.flush();
      } catch (RuntimeException | Error e) {
        batch.discard();
        written.forEach(BufferedTimers::mayBeWritten);
        throw e;
      }
    }
    written.forEach(BufferedTimers::written);
  }
}
