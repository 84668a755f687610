package io.basalt.statebackend.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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

  /** Its content is not what was written. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private DamagedException(String message) {
      super(message);
    }
  }

  private final Path file;
  private final InputStream content;
  private final long length;

  /** A manifest is as long as its database is old: one block of it is in memory at a time. */
  private final ByteBuffer block =
      ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  private long startOfBlock;

  private Manifest(Path file, InputStream content, long length) {
    this.file = file;
    this.content = content;
    this.length = length;
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
    try (InputStream content = Files.newInputStream(file)) {
      new Manifest(file, content, Files.size(file)).readRecords(null);
    }
  }

  /**
   * Reads what the manifest consists of, each change as it was written, one after the other.
   *
   * @param file names it in errors
   * @param length of the content
   * @throws DamagedException if it is damaged at any byte, or of another length
   * @throws IOException if the content cannot be read
   */
  static void read(Path file, InputStream content, long length, Consumer<byte[]> changes)
      throws IOException {
    new Manifest(file, content, length).readRecords(changes);
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

  private void readRecords(@Nullable Consumer<byte[]> changes) throws IOException {
    boolean inside = false;
    boolean any = false;
    ByteArrayOutputStream change = new ByteArrayOutputStream();
    while (block.hasRemaining() || readBlock()) {
      int restOfBlock = BLOCK_BYTES - block.position();
      if (restOfBlock < HEADER_BYTES) {
        skipZeros();
        continue;
      }
      int start = block.position() + HEADER_BYTES;
      int type = verifyRecord();
      boolean starts = type == FULL || type == FIRST;
      if (starts == inside) {
        throw damaged("is not the continuation of the one before");
      }
      inside = type == FIRST || type == MIDDLE;
      any = true;
      if (changes == null) {
        continue;
      }
      change.write(block.array(), start, block.position() - start);
      if (!inside) {
        changes.accept(change.toByteArray());
        change.reset();
      }
    }
    if (inside || !any || position() != length) {
      throw damaged("is missing");
    }
  }

  /** Gives whether there is anything more. No record goes over the end of a block. */
  private boolean readBlock() throws IOException {
    startOfBlock += block.limit();
    int bytes = content.readNBytes(block.array(), 0, BLOCK_BYTES);
    block.position(0).limit(bytes);
    if (position() + bytes > length) {
      throw damaged("is behind its end");
    }
    return bytes > 0;
  }

  private long position() {
    return startOfBlock + block.position();
  }

  /** Gives the record's type, and stands behind it. */
  private int verifyRecord() throws IOException {
    if (block.remaining() < HEADER_BYTES) {
      throw damaged("is cut short");
    }
    int start = block.position();
    int checksum = block.getInt(start);
    int bytes = Short.toUnsignedInt(block.getShort(start + 4));
    int type = block.get(start + 6);
    int end = start + HEADER_BYTES + bytes;
    if (type < FULL || type > LAST) {
      throw damaged("is of the unknown type " + type);
    }
    if (end > block.limit()) {
      throw damaged("is cut short");
    }
    if (checksum != checksum(block.array(), start, bytes)) {
      throw damaged("has not the checksum that it was written with");
    }
    block.position(end);
    return type;
  }

  /** No header fits there any more. */
  private void skipZeros() throws IOException {
    while (block.hasRemaining()) {
      if (block.get() != 0) {
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

  private DamagedException damaged(String what) {
    return new DamagedException(
        "The manifest "
            + file
            + " is damaged: the record at byte "
            + position()
            + " of "
            + length
            + " "
            + what
            + ".");
  }
}
