package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.HeldBytes;
import io.basalt.statebackend.store.KeySorter;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects entries, each with a key of its own, and writes them in the order of their keys: RocksDB
 * takes neighbours in a third of the time that it takes for as many keys in no order. They pass the
 * gate of the database. One thread at a time.
 */
final class SortedWrites {

  /** What is held at most before it is written. */
  private static final int MOST_BYTES = 4 << 20;

  private static final int MOST_ENTRIES = 1 << 15;

  /** So much in any case, whatever others hold. */
  private static final int LEAST_BYTES = 1 << 18;

  /** Of an entry beside its key and value: in the list, and to be put in order. */
  private static final int BYTES_OF_AN_ENTRY = 96;

  private final Database database;
  private final List<Write> collected = new ArrayList<>();
  private final KeySorter keys = new KeySorter();
  private final HeldBytes held;
  private int bytes;

  SortedWrites(Database database) {
    this.database = database;
    this.held = database.gate().heldBytes(LEAST_BYTES);
  }

  void put(Table table, byte[] key, byte[] value) {
    add(new Write(table, key, value), key.length + value.length);
  }

  void delete(Table table, byte[] key) {
    add(new Write(table, key, null), key.length);
  }

  private void add(Write write, int length) {
    if (collected.size() == MOST_ENTRIES || bytes > MOST_BYTES - length) {
      flush();
    } else if (!held.mayBe(bytes + (long) BYTES_OF_AN_ENTRY * collected.size() + length)) {
      flush();
    }
    keys.add(write.key, 0, write.key.length);
    collected.add(write);
    bytes += length;
  }

  /** Writes what has been collected; nothing is, whether that fails or not, afterwards. */
  void flush() {
    if (collected.isEmpty()) {
      return;
    }
    try (Batch batch = database.batchThroughGate()) {
      try {
        int[] order = keys.inOrder();
        for (int place = 0; place < collected.size(); place++) {
          Write write = collected.get(order[place]);
          if (write.value == null) {
            batch.delete(write.table, write.key);
          } else {
            batch.put(write.table, write.key, write.value);
          }
        }
        batch.flush();
      } catch (RuntimeException | Error e) {
        batch.discard();
        throw e;
      }
    } finally {
      discard();
    }
  }

  /** Forgets what has been collected. */
  void discard() {
    collected.clear();
    keys.clear();
    bytes = 0;
    held.are(0);
  }

  private static final class Write {
    final Table table;
    final byte[] key;

    /** If null the key is removed. */
    final byte @Nullable [] value;

    Write(Table table, byte[] key, byte @Nullable [] value) {
      this.table = table;
      this.key = key;
      this.value = value;
    }
  }
}
