package io.basalt.statebackend.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    changes(file, Files.readAllBytes(file));
  }

  /**
   * What the manifest consists of, each change as it was written.
   *
   * @param file names it in errors
   * @throws IOException if it is damaged at any byte
   */
  static List<byte[]> changes(Path file, byte[] content) throws IOException {
    return new Manifest(file, content).readRecords();
  }

  /** The bytes of a manifest with these changes. */
  static byte[] of(List<byte[]> changes) {
    ByteArrayOutputStream manifest = new ByteArrayOutputStream();
    for (byte[] change : changes) {
      int written = 0;
      do {
        int restOfBlock = BLOCK_BYTES - manifest.size() % BLOCK_BYTES;
        if (restOfBlock < HEADER_BYTES) {
          manifest.writeBytes(new byte[restOfBlock]);
          restOfBlock = BLOCK_BYTES;
        }
        int length = Math.min(change.length - written, restOfBlock - HEADER_BYTES);
        boolean first = written == 0;
        boolean last = written + length == change.length;
        int type = first ? (last ? FULL : FIRST) : (last ? LAST : MIDDLE);
        ByteBuffer record =
            ByteBuffer.allocate(HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        record.position(Integer.BYTES);
        record.putShort((short) length).put((byte) type).put(change, written, length);
        manifest.writeBytes(record.putInt(0, checksum(record.array(), 0, length)).array());
        written += length;
      } while (written < change.length);
    }
    return manifest.toByteArray();
  }

  private List<byte[]> readRecords() throws IOException {
    boolean inside = false;
    List<byte[]> changes = new ArrayList<>();
    ByteArrayOutputStream change = new ByteArrayOutputStream();
    while (records.hasRemaining()) {
      int restOfBlock = BLOCK_BYTES - records.position() % BLOCK_BYTES;
      if (restOfBlock < HEADER_BYTES) {
        skipZeros(restOfBlock);
        continue;
      }
      int start = records.position() + HEADER_BYTES;
      int type = verifyRecord(restOfBlock);
      boolean starts = type == FULL || type == FIRST;
      if (starts == inside) {
        throw damaged("is not the continuation of the one before");
      }
      inside = type == FIRST || type == MIDDLE;
      change.write(records.array(), start, records.position() - start);
      if (!inside) {
        changes.add(change.toByteArray());
        change.reset();
      }
    }
    if (inside || changes.isEmpty()) {
      throw damaged("is missing");
    }
    return changes;
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
    if (checksum != checksum(records.array(), start, length)) {
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

  /** Of the type and the content of the record that starts there. */
  private static int checksum(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start + Integer.BYTES + Short.BYTES, 1 + length);
    return mask((int) crc.getValue());
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
