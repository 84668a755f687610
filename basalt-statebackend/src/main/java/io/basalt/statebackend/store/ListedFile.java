package io.basalt.statebackend.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table file as the manifest of a database lists it. Immutable. */
public final class ListedFile {

  /** Behind the key in an internal key: a sequence number and the kind of entry. */
  private static final int TRAILER_BYTES = 8;

  /** The trailer of the end of a range deletion, which is not in the range (in this order). */
  private static final byte[] EXCLUSIVE_END = {15, -1, -1, -1, -1, -1, -1, -1};

  /** Something that is said of a file, in a manifest's own bytes. */
  @SuppressWarnings("ArrayRecordComponent") // carried over as it is, never compared
  record Field(int tag, byte[] value) {}

  private final int level;
  private final long number;
  private final long bytes;
  private final byte[] smallest;
  private final byte[] largest;
  private final long smallestSequenceNumber;
  private final long largestSequenceNumber;
  private final long epoch;
  private final List<Field> fields;

  /**
   * A file of a manifest.
   *
   * @param epoch the order in which files came to level 0
   * @param fields all else
   */
  ListedFile(
      int level,
      long number,
      long bytes,
      byte[] smallest,
      byte[] largest,
      long smallestSequenceNumber,
      long largestSequenceNumber,
      long epoch,
      List<Field> fields) {
    this.level = level;
    this.number = number;
    this.bytes = bytes;
    this.smallest = smallest;
    this.largest = largest;
    this.smallestSequenceNumber = smallestSequenceNumber;
    this.largestSequenceNumber = largestSequenceNumber;
    this.epoch = epoch;
    this.fields = fields;
  }

  /** The same file under another number, and in another place of the order. */
  ListedFile renumbered(long newNumber, long newEpoch) {
    return new ListedFile(
        level,
        newNumber,
        bytes,
        smallest,
        largest,
        smallestSequenceNumber,
        largestSequenceNumber,
        newEpoch,
        fields);
  }

  /** Its name in the directory of the database. */
  public String name() {
    return String.format(Locale.ROOT, "%06d.sst", number);
  }

  /** The level it is in; the files of every level but 0 have no keys in common. */
  public int level() {
    return level;
  }

  /** The order in which files came to level 0. */
  public long epoch() {
    return epoch;
  }

  /**
   * What a manifest says of the file itself, and in which level. Two databases that were opened
   * from one have it of the files of before in common, whatever they call them.
   */
  public Object content() {
    return new Content(
        level,
        bytes,
        ByteBuffer.wrap(smallest),
        ByteBuffer.wrap(largest),
        smallestSequenceNumber,
        largestSequenceNumber);
  }

  private record Content(
      int level,
      long bytes,
      ByteBuffer smallest,
      ByteBuffer largest,
      long smallestSequenceNumber,
      long largestSequenceNumber) {}

  long number() {
    return number;
  }

  public long bytes() {
    return bytes;
  }

  byte[] smallest() {
    return smallest;
  }

  byte[] largest() {
    return largest;
  }

  long smallestSequenceNumber() {
    return smallestSequenceNumber;
  }

  long largestSequenceNumber() {
    return largestSequenceNumber;
  }

  List<Field> fields() {
    return fields;
  }

  /** The first key it has, or from which on it deletes. */
  public byte[] firstKey() {
    return Arrays.copyOf(smallest, smallest.length - TRAILER_BYTES);
  }

  /** The last key it has, or up to which it deletes. */
  public byte[] lastKey() {
    return Arrays.copyOf(largest, largest.length - TRAILER_BYTES);
  }

  /** Whether the last key is the end of what it deletes, and so not in it. */
  public boolean endsBeforeLastKey() {
    return Arrays.equals(
        largest, largest.length - TRAILER_BYTES, largest.length, EXCLUSIVE_END, 0, TRAILER_BYTES);
  }

  boolean hasKeyOf(byte[] lowerInclusive, byte[] upperExclusive) {
    int end = Arrays.compareUnsigned(lastKey(), lowerInclusive);
    return Arrays.compareUnsigned(firstKey(), upperExclusive) < 0
        && (end > 0 || (end == 0 && !endsBeforeLastKey()));
  }

  static boolean isInternalKey(byte[] key) {
    return key.length >= TRAILER_BYTES;
  }
}
