package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The file that says which table files make up a database, as a log of changes.
 *
 * <p>RocksDB checks every record when it opens a database. But its reader takes a last record that
 * is damaged for one that a crash cut short, and opens the database as it was before it: an older
 * state, without a word. The manifest of a snapshot was cut by nobody, so here every record must be
 * whole. Format: RocksDB's wiki, "Write Ahead Log File Format", which the manifest shares.
 */
final class Manifest {

  private static final int BLOCK_BYTES = 32 * 1024;

  /** Checksum (4 bytes), length (2), type (1). */
  private static final int HEADER_BYTES = 7;

  private static final int MASK_DELTA = 0xa282ead8;

  /** What a record is of what was written at once. */
  private static final int FULL = 1;

  private static final int FIRST = 2;
  private static final int MIDDLE = 3;
  private static final int LAST = 4;

  private final Path file;
  private final ByteBuffer records;

  private Manifest(Path file, byte[] content) {
    this.file = file;
    this.records = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the manifest that the database would be opened with.
   *
   * @param directory of the database, not open
   * @throws IOException naming the file, if it is missing or damaged at any byte
   */
  static void verify(Path directory) throws IOException {
    Path current = directory.resolve("CURRENT");
    String name = Files.readString(current, StandardCharsets.ISO_8859_1);
    if (!name.matches("MANIFEST-[0-9]+\n")) {
      throw new IOException(
          "The file "
              + current
              + " is damaged: it does not say which manifest is the current one.");
    }
    Path file = directory.resolve(name.strip());
    new Manifest(file, Files.readAllBytes(file)).verifyRecords();
  }

  private void verifyRecords() throws IOException {
    boolean inside = false;
    int changes = 0;
    while (records.hasRemaining()) {
      int restOfBlock = BLOCK_BYTES - records.position() % BLOCK_BYTES;
      if (restOfBlock < HEADER_BYTES) {
        skipZeros(restOfBlock);
        continue;
      }
      int type = verifyRecord(restOfBlock);
      boolean starts = type == FULL || type == FIRST;
      if (starts == inside) {
        throw damaged("is not the continuation of the one before");
      }
      inside = type == FIRST || type == MIDDLE;
      if (!inside) {
        changes++;
      }
    }
    if (inside || changes == 0) {
      throw damaged("is missing");
    }
  }

  /** Gives the record's type, and stands behind it. */
  private int verifyRecord(int restOfBlock) throws IOException {
    if (records.remaining() < HEADER_BYTES) {
      throw damaged("is cut short");
    }
    int start = records.position();
    int checksum = records.getInt(start);
    int length = Short.toUnsignedInt(records.getShort(start + 4));
    int type = records.get(start + 6);
    int end = start + HEADER_BYTES + length;
    if (type < FULL || type > LAST) {
      throw damaged("is of the unknown type " + type);
    }
    if (HEADER_BYTES + length > restOfBlock || end > records.limit()) {
      throw damaged("is cut short");
    }
    CRC32C crc = new CRC32C();
    crc.update(records.array(), start + 6, 1 + length);
    if (checksum != mask((int) crc.getValue())) {
      throw damaged("has not the checksum that it was written with");
    }
    records.position(end);
    return type;
  }

  /** No header fits there any more. */
  private void skipZeros(int bytes) throws IOException {
    for (int i = 0; i < bytes && records.hasRemaining(); i++) {
      if (records.get() != 0) {
        throw damaged("is preceded by what is no record");
      }
    }
  }

  /**
   * RocksDB does not store a checksum as it is: that of data with checksums in it would be weak.
   */
  private static int mask(int crc) {
    return Integer.rotateRight(crc, 15) + MASK_DELTA;
  }

  private IOException damaged(String what) {
    return new IOException(
        "The manifest "
            + file
            + " is damaged: the record at byte "
            + records.position()
            + " of "
            + records.limit()
            + " "
            + what
            + ".");
  }
}
