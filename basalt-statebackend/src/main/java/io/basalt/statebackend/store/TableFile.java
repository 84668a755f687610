package io.basalt.statebackend.store;

/**
 * An SST file of a table.
 *
 * @param name as RocksDB knows it
 * @param level from 0; the files of every level but 0 have no keys in common
 * @param bytes its length
 * @param beingCompacted whether RocksDB is at it already
 */
public record TableFile(String name, int level, long bytes, boolean beingCompacted) {}
