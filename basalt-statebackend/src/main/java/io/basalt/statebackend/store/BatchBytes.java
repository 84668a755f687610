package io.basalt.statebackend.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A batch of writes as the bytes of RocksDB's {@code WriteBatch}: to collect a write here takes a
 * tenth of a call through JNI.
 *
 * <pre>
 *   | sequence number, 0 | count | records ... |
 *     8 B                  4 B
 *   record: | tag | table, varint | key length, varint | key | value length, varint | value |
 *             1 B
 * </pre>
 *
 * <p>Numbers are little-endian; the table's is left out where it is 0, which has tags of its own,
 * and a deletion ends with the key. This is also how RocksDB's log is written, so that it does not
 * change. One thread at a time.
 */
final class BatchBytes {

  private static final int INITIAL_BYTES = 1 << 10;

  /** A larger array is not kept for what comes next: each table has one. */
  static final int MOST_KEPT_BYTES = 1 << 13;

  static final int HEADER_BYTES = 12;
  static final int COUNT_AT = 8;

  /** A tag and three numbers. */
  private static final int MOST_RECORD_BYTES = 1 + 3 * 5;

  static final byte DELETION = 0;
  static final byte VALUE = 1;
  static final byte MERGE = 2;

  /** What is added to a tag if the number of a table follows. */
  static final byte OF_A_TABLE = 4;

  static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length = HEADER_BYTES;
  private int count;

  void put(int table, byte[] key, byte[] value) {
    begin(VALUE, table, key, value.length);
    array(value);
  }

  void merge(int table, byte[] key, byte[] operand) {
    begin(MERGE, table, key, operand.length);
    array(operand);
  }

  void delete(int table, byte[] key) {
    begin(DELETION, table, key, 0);
  }

  /** What RocksDB makes a batch of. */
  byte[] toArray() {
    INTS.set(bytes, COUNT_AT, count);
    return Arrays.copyOf(bytes, length);
  }

  void clear() {
    if (bytes.length > MOST_KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
    length = HEADER_BYTES;
    count = 0;
  }

  private void begin(byte tag, int table, byte[] key, int more) {
    // May fail for want of memory: before anything has been added.
    makeRoom((long) MOST_RECORD_BYTES + key.length + more);
    bytes[length++] = table == 0 ? tag : (byte) (tag + OF_A_TABLE);
    if (table != 0) {
      number(table);
    }
    array(key);
    count++;
  }

  private void array(byte[] array) {
    number(array.length);
    System.arraycopy(array, 0, bytes, length, array.length);
    length += array.length;
  }

  private void number(int number) {
    int rest = number;
    for (; (rest & ~0x7F) != 0; rest >>>= 7) {
      bytes[length++] = (byte) (rest | 0x80);
    }
    bytes[length++] = (byte) rest;
  }

  private void makeRoom(long more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(length + more, 2L * length)));
    }
  }
}
