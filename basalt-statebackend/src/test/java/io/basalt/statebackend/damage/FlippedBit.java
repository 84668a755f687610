package io.basalt.statebackend.damage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;

/** One bit of a file, turned over. */
record FlippedBit(int position, int bit) {

  private static final int TABLE_BLOCK = 4096;

  /** Magic number, checksum type and the places of two blocks: RocksDB's footer. */
  private static final int TABLE_FOOTER = 53;

  private static final int VERSION_AND_MAGIC = 12;

  /** Type and checksum behind every block of a table. */
  private static final int BLOCK_TRAILER = 5;

  byte[] in(byte[] whole) {
    byte[] damaged = whole.clone();
    damaged[position] ^= (byte) (1 << bit);
    return damaged;
  }

  /** A bit of every byte of a file. */
  static List<FlippedBit> everywhere(byte[] whole, Random random) {
    List<FlippedBit> flips = new ArrayList<>();
    for (int position = 0; position < whole.length; position++) {
      flips.add(new FlippedBit(position, random.nextInt(8)));
    }
    return flips;
  }

  /** Bits at the edges of what a file is made of, and as many again anywhere in it. */
  static List<FlippedBit> some(byte[] whole, int count, Random random) {
    NavigableSet<Integer> positions = new TreeSet<>();
    List<Integer> edges = new ArrayList<>(List.of(0, whole.length - 1));
    for (int edge = TABLE_BLOCK; edge < whole.length; edge += TABLE_BLOCK) {
      edges.addAll(List.of(edge - 1, edge, edge + BLOCK_TRAILER));
    }
    edges.addAll(
        List.of(whole.length - TABLE_FOOTER - 1, whole.length - TABLE_FOOTER, whole.length - 8));
    edges.stream().filter(edge -> edge >= 0 && edge < whole.length).forEach(positions::add);
    for (int i = 0; i < count; i++) {
      positions.add(random.nextInt(whole.length));
    }
    return positions.stream().map(at -> new FlippedBit(at, random.nextInt(8))).toList();
  }

  /**
   * Whether nothing guards the bit: RocksDB fills a footer with zeros to its length, reads a table
   * of format 5 as one of format 4, and a number in front of the zeros that says that it goes on as
   * the same number.
   */
  boolean isInUnguardedEndOfTable(byte[] whole) {
    int beforeEnd = whole.length - position;
    if (beforeEnd >= TABLE_FOOTER || beforeEnd <= VERSION_AND_MAGIC) {
      return beforeEnd == VERSION_AND_MAGIC;
    }
    boolean goesOn = bit == 7 && whole[position + 1] == 0 && whole[position + 2] == 0;
    return whole[position] == 0 || goesOn;
  }

  /**
   * Whether it is in the filter of a table file. RocksDB finds the wrong checksum when it reads the
   * filter, and goes on as if there were none.
   */
  boolean isInFilterOfTable(byte[] table) {
    // Where the filter is, stands in the block of meta data directly behind its name.
    String name = "fullfilter.rocksdb.BuiltinBloomFilter";
    int at = new String(table, StandardCharsets.ISO_8859_1).lastIndexOf(name);
    if (at < 0) {
      return false;
    }
    ByteBuffer handle = ByteBuffer.wrap(table).position(at + name.length());
    long start = readVariableLength(handle);
    long length = readVariableLength(handle);
    return position >= start && position < start + length + BLOCK_TRAILER;
  }

  private static long readVariableLength(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
