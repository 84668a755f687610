package io.basalt.statebackend.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The writes of {@linkplain BatchBytes batches}, one by one, as the bytes that they are. */
final class BatchRecords {

  private static final int INITIAL_RECORDS = 1 << 10;

  private final KeySorter keys = new KeySorter();
  private final List<byte[]> batches = new ArrayList<>();

  /** Of each record its batch, and where in that it begins and ends. */
  private int[] batchOf = new int[INITIAL_RECORDS];

  private int[] begins = new int[INITIAL_RECORDS];
  private int[] ends = new int[INITIAL_RECORDS];
  private int size;

  /** Where the batch is read. */
  private int position;

  int size() {
    return size;
  }

  /** How many bytes a record has. */
  int bytes(int record) {
    return ends[record] - begins[record];
  }

  /** Takes in the records of a batch, which must stay as it is. */
  void addAll(byte[] batch) {
    batches.add(batch);
    int count = (int) BatchBytes.INTS.get(batch, BatchBytes.COUNT_AT);
    position = BatchBytes.HEADER_BYTES;
    for (int read = 0; read < count; read++) {
      add(batch);
    }
    if (position != batch.length) {
      throw new IllegalStateException(
          "A batch of "
              + count
              + " writes has "
              + (batch.length - position)
              + " bytes behind them.");
    }
  }

  private void add(byte[] batch) {
    if (size == begins.length) {
      batchOf = Arrays.copyOf(batchOf, 2 * size);
      begins = Arrays.copyOf(begins, 2 * size);
      ends = Arrays.copyOf(ends, 2 * size);
    }
    batchOf[size] = batches.size() - 1;
    begins[size] = position;
    int tag = batch[position++];
    if ((tag & BatchBytes.OF_A_TABLE) != 0) {
      number(batch);
      tag -= BatchBytes.OF_A_TABLE;
    }
    int keyBytes = number(batch);
    keys.add(batch, position, position + keyBytes);
    position += keyBytes;
    switch (tag) {
      case BatchBytes.VALUE, BatchBytes.MERGE -> {
        int valueBytes = number(batch);
        position += valueBytes;
      }
      case BatchBytes.DELETION -> {}
      default -> throw new IllegalStateException("A batch has a write of type " + tag + ".");
    }
    ends[size] = position;
    size++;
  }

  private int number(byte[] batch) {
    int number = 0;
    int shift = 0;
    byte next = batch[position++];
    for (; next < 0; next = batch[position++]) {
      number |= (next & 0x7F) << shift;
      shift += 7;
    }
    return number | next << shift;
  }

  /** See {@link KeySorter#inOrder}. */
  int[] inOrder() {
    return keys.inOrder();
  }

  /** A batch of some of the records, which have so many bytes together. */
  byte[] batch(int[] order, int first, int end, int bytes) {
    byte[] batch = new byte[BatchBytes.HEADER_BYTES + bytes];
    BatchBytes.INTS.set(batch, BatchBytes.COUNT_AT, end - first);
    int to = BatchBytes.HEADER_BYTES;
    for (int place = first; place < end; place++) {
      int record = order[place];
      int length = bytes(record);
      System.arraycopy(batches.get(batchOf[record]), begins[record], batch, to, length);
      to += length;
    }
    return batch;
  }
}
