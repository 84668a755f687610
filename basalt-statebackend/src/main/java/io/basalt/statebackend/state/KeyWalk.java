package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * One walk over the keys of a table, some at a time: comes to every key that is there from the
 * beginning to the end of it, and may come to others. Nothing is held between two steps. Task
 * thread.
 */
final class KeyWalk {

  /**
   * No step goes beyond one of them: what lies before the next key that is there may be as many
   * that are not any more.
   */
  private static final int PARTS = 32;

  private final Table table;
  private final KeyGroupPrefix prefix;
  private final int keyGroupsOfAPart;
  private final int keyGroupBehindLast;

  /** The first one that is not of the part where it is, nor of those before. */
  private int keyGroup;

  /** Where it goes on. */
  private byte[] from;

  KeyWalk(Table table, KeyGroupPrefix prefix, KeyGroupRange keyGroups) {
    this.table = table;
    this.prefix = prefix;
    this.keyGroupsOfAPart = Math.max(1, keyGroups.getNumberOfKeyGroups() / PARTS);
    this.keyGroup = keyGroups.getStartKeyGroup();
    this.keyGroupBehindLast = keyGroups.getEndKeyGroup() + 1;
    this.from = prefix.bytes(keyGroup);
    nextPart();
  }

  private void nextPart() {
    keyGroup = Math.min(keyGroup + keyGroupsOfAPart, keyGroupBehindLast);
  }

  /**
   * Comes to so many keys more, or to the end of a part. Nothing that waits above the table, or in
   * its buffer, is handed over for it.
   *
   * @return whether it is over
   */
  boolean goOn(int most, Consumer<byte[]> visitor) {
    byte[] end = prefix.bytes(keyGroup);
    try (Cursor cursor = table.cursor(from, end, null)) {
      cursor.seekToFirst();
      for (int keys = 0; keys < most && cursor.isValid(); keys++) {
        byte[] key = cursor.key();
        visitor.accept(key);
        // The next one that there can be.
        from = Arrays.copyOf(key, key.length + 1);
        cursor.next();
      }
      if (cursor.isValid()) {
        return false;
      }
    }
    from = end;
    boolean isOver = keyGroup == keyGroupBehindLast;
    nextPart();
    return isOver;
  }
}
